"""JSON documents, arrays and lines, from bytes to pages of text rows under the paths that a feed declares."""
