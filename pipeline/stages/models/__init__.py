"""The encoder, heads on it, and linear classifiers: arrays in, scores out."""
