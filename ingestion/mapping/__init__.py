"""A company's own mapping file: another export onto a house template, checked, and made a feed like any other."""
