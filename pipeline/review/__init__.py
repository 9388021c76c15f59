"""Records for people to read."""
