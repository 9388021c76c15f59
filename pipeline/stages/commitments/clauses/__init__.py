"""A clause that may state a commitment: its chain, arguments, kind and status, as rules read them."""
