"""Turns what annotators changed in a tool back into gold."""
