"""Records for people to read: in a terminal, and as a page for a browser."""
