from spacy.language import Language
from spacy.tokens import Doc


@Language.component("sectors")
def sectors(doc: Doc) -> Doc:
    return doc
