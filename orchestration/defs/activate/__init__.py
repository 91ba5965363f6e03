"""From published exports to destinations."""
