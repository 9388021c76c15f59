"""Actors, projects and commitments of articles, compared with those that have a lasting id."""
