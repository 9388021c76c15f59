"""Trains the heads for spans, pairs of spans and texts, on the output of a finished encoder."""
