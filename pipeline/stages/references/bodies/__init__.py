"""Organisations, countries, governments and groups of an article."""
