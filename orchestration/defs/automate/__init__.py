"""Jobs, and what starts them: one schedule, one landing-folder sensor, one failure sensor."""
