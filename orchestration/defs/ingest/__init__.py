"""Landing files to raw tables, and the home's configuration to tables."""
