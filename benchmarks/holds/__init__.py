"""Which files of a company's days the gate holds: the right ones it should not, and the broken ones it should."""
