"""Trains the encoder. Only this package needs torch."""
