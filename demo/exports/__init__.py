"""The finished year as the systems of the company would export it: real layouts, at several instants."""
