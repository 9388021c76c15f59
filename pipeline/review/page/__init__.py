"""Records as a page for a browser: one file that needs nothing else, or the same page fed by a server."""
