"""A clause that may commit: its chain of verbs, arguments, kind and status, as rules read them."""
