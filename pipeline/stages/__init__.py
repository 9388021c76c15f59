"""One file a stage, `(Doc) -> Doc`, registered as a spaCy component; stages do not import each other."""
