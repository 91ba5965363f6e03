"""What a push costs: against its channels' limits, beside a bare client, for its journal, and after a kill."""
