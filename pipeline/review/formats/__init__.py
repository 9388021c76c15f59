"""Gold and records to and from annotation tools: Prodigy, Label Studio, spaCy.

Only `docbin.py` imports spaCy: a `.spacy` file holds spaCy's own Docs, and the tokens of a Prodigy task are spaCy's.
"""
