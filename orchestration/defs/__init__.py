"""The graph, by stage of the flow: ingest, transform, serve, activate, and automate on top."""
