"""Gold and records to and from annotation tools: Prodigy, Label Studio, spaCy.

Only `tokens.py` and `docbin.py` import spaCy: a `.spacy` file holds spaCy's own Docs, and the tokens of a Prodigy task
are spaCy's.
"""
