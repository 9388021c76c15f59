from spacy.language import Language
from spacy.tokens import Doc


@Language.component("commitments")
def commitments(doc: Doc) -> Doc:
    return doc
