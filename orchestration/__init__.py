"""The top floor: steps tied into one job, the only room that knows Dagster, and the command line."""
