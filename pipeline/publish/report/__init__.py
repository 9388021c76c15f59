"""Shows records to people: in a terminal, and as a page for a browser."""
