"""The references stage: which mentions, descriptions and pronouns mean the same actor or project.

Hard because news names a thing anew each time: what is named comes first, then what stands for it, and where no
antecedent fits safely nothing is linked, since a wrong merge costs more than a missed one.
"""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.article.home_country import home_country
from pipeline.article.view import view_of
from pipeline.model.linear import weights
from pipeline.stages.references.bodies.countries import find_countries, find_governments
from pipeline.stages.references.bodies.groups import find_groups
from pipeline.stages.references.bodies.organisations import find_organisations
from pipeline.stages.references.bodies.provinces import find_local_governments
from pipeline.stages.references.bodies.unnamed import find_unnamed
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.descriptions import find_descriptions
from pipeline.stages.references.pairs import find_pairs
from pipeline.stages.references.people.persons import find_persons
from pipeline.stages.references.people.speakers import find_speakers
from pipeline.stages.references.projects import find_projects
from pipeline.stages.references.pronouns import find_pronouns
from pipeline.stages.references.salience import weigh
from pipeline.stages.stage import Stage, factory

WEIGHTS = "actors_and_projects.json"


class References(Stage):
    """Sets `doc._.entities`, `doc._.references` and `Mention.entity`, all in reading order."""

    files = (WEIGHTS,)

    def __call__(self, doc: Doc) -> Doc:
        write(doc, find(doc))
        weigh(doc, weights(self.measured(doc) / WEIGHTS))
        return doc


make_references = factory(
    "corridor_references",
    References,
    requires=["doc._.mentions", "token.is_sent_start", "token.dep", "token.pos", "token.lemma"],
    assigns=["doc._.entities", "doc._.references"],
)


def find(doc: Doc) -> Cast:
    """The cast of an article; the Doc is only read."""
    view, cast = view_of(doc), Cast()
    home = home_country(view)
    find_countries(view, cast)
    find_organisations(view, cast, home)
    find_local_governments(view, cast, home)
    find_governments(view, cast, home)
    find_persons(view, cast, home)
    find_projects(view, cast, home)
    find_pairs(view, cast)
    find_groups(view, cast, home)
    find_descriptions(view, cast)
    find_unnamed(view, cast, home)
    find_pronouns(view, cast)
    find_speakers(view, cast)
    return cast


def write(doc: Doc, cast: Cast) -> None:
    """Sets on the Doc what was found."""
    for mention in doc._.mentions:
        mention.entity = cast.meaning(mention)
    doc._.entities = cast.in_order()
    doc._.references = sorted(cast.references, key=lambda reference: (reference.start, reference.end))
