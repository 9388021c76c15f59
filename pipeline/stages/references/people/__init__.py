"""Persons of an article, their offices, and whom "I" and "we" mean."""
