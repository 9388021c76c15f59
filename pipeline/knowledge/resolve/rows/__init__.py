"""The rows of a knowledge folder, made from its links."""
