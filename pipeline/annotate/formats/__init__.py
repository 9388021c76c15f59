"""Gold and records to and from the tools that annotators know: Prodigy, Label Studio, spaCy.

It stands in `train`, since gold is what training reads, and since `train` may know spaCy: a `.spacy` file is a row of
spaCy's own Docs, and the words of a Prodigy task are spaCy's. Only `tokens.py` and `docbin.py` import it.
"""
