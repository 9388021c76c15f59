"""Trains the encoder; torch is needed here and nowhere else, and only where a network is fitted or written."""
