"""Files of delimited text, from bytes to pages of text rows: which feed it is, where its records are, what cannot be read."""
