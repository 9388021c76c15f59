"""Trains the models of a pipeline on annotated articles."""
