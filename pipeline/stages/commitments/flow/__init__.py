"""Whose money goes where: the instrument, provider, recipient and terms of each commitment with money."""
