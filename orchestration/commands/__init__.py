"""The commands, by what they do: set a home up, show its configuration, run the job, read its results."""
