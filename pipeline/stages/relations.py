from spacy.language import Language
from spacy.tokens import Doc


@Language.component("relations")
def relations(doc: Doc) -> Doc:
    return doc
