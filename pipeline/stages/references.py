from spacy.language import Language
from spacy.tokens import Doc


@Language.component("references")
def references(doc: Doc) -> Doc:
    return doc
