from spacy.language import Language
from spacy.tokens import Doc


@Language.component("entities")
def entities(doc: Doc) -> Doc:
    return doc
