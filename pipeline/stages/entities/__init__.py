"""The entities stage: finds the mentions of an article, thirteen labels, flat.

Hard because one string is many things ("Gwadar Port" is a place until somebody builds it) and every source errs in its
own way: finders propose, one visible rule settles.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.doc import Mention
from pipeline.stages.entities import amounts, consistency, heads, lexicon, model, phases, roles
from pipeline.stages.entities.candidates import Candidate, settle, to_mentions

FINDERS = (amounts.find, lexicon.find, roles.find, heads.find, model.find)


@Language.component(
    "entities",
    requires=["token.is_sent_start", "token.tag", "doc.ents"],
    assigns=["doc._.mentions"],
)
def entities(doc: Doc) -> Doc:
    """Writes `doc._.mentions`."""
    doc._.mentions = find(doc)
    return doc


def find(doc: Doc) -> list[Mention]:
    """The mentions of an article, in reading order, without overlaps."""
    proposed: list[Candidate] = [candidate for finder in FINDERS for candidate in finder(doc)]
    proposed += phases.find(doc, proposed)
    settled = consistency.mended(doc.text, settle(proposed))
    return to_mentions(doc, settled)
