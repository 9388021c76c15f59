"""One decision of a reviewer each: what it changes in the gold of an article."""
