"""What annotators changed in a tool, turned back into gold."""
