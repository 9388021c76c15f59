"""The references stage: which mentions, descriptions and pronouns mean the same actor or project.

Names come first, then what refers to them. Where no antecedent fits safely nothing is linked: a wrong merge costs more
than a missed one.
"""

from __future__ import annotations

from collections.abc import Collection

from spacy.tokens import Doc

from pipeline.stages.document.home_country import home_country
from pipeline.stages.document.view import view_of
from pipeline.stages.models.linear import weights
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.rules import RULES
from pipeline.stages.references.salience import weigh
from pipeline.stages.stage import Stage, factory

WEIGHTS = "actors_and_projects.json"


class References(Stage):
    """Sets `doc._.entities`, `doc._.references` and `Mention.entity`, all in reading order."""

    files = (WEIGHTS,)
    rules = RULES

    def __call__(self, doc: Doc) -> Doc:
        doc._.entities, doc._.references = [], []  # those of an earlier run are no evidence
        write(doc, find(doc, self.off))
        weigh(doc, weights(self.measured(doc) / WEIGHTS))
        return doc


make_references = factory(
    "corridor_references",
    References,
    requires=["doc._.mentions", "token.is_sent_start", "token.dep", "token.pos", "token.lemma"],
    assigns=["doc._.entities", "doc._.references"],
)


def find(doc: Doc, off: Collection[str] = ()) -> Cast:
    """The cast of an article, without the rules that are `off`; the Doc is only read."""
    view, cast = view_of(doc), Cast()
    home = home_country(view)
    for name, rule in RULES.items():
        if name not in off:
            rule(view, cast, home)
    return cast


def write(doc: Doc, cast: Cast) -> None:
    """Sets on the Doc what was found."""
    for mention in doc._.mentions:
        mention.entity = cast.meaning(mention)
    doc._.entities = cast.in_order()
    doc._.references = sorted(cast.references, key=lambda reference: (reference.start, reference.end))
