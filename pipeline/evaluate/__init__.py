"""Records held against gold."""
