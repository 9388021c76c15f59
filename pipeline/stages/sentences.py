from spacy.language import Language
from spacy.tokens import Doc


@Language.component("sentences")
def sentences(doc: Doc) -> Doc:
    return doc
