"""The references stage: which mentions, descriptions and pronouns mean the same actor or project.

Names come first, then what refers to them. Where no antecedent fits safely nothing is linked: a wrong merge costs more
than a missed one. `models/default/rules.csv` holds what each rule gains on held-out articles, as
`corridor train ablation` measured it.
"""

from collections.abc import Callable, Collection

from spacy.tokens import Doc

from pipeline.stages.document.view import ArticleView, view_of
from pipeline.stages.models.linear import weights
from pipeline.stages.references.anaphora import find_descriptions, find_pairs, find_pronouns, find_speakers
from pipeline.stages.references.discourse import Discourse
from pipeline.stages.references.governments import find_countries, find_governments, find_local_governments
from pipeline.stages.references.groups import find_groups, find_unnamed
from pipeline.stages.references.organisations import find_organisations
from pipeline.stages.references.persons import find_persons
from pipeline.stages.references.projects import find_projects
from pipeline.stages.references.salience import weigh
from pipeline.stages.stage import Stage, factory

Finder = Callable[[ArticleView, Discourse, str | None], None]  # the last: the country that the article is about

RULES: dict[str, Finder] = {
    "countries": find_countries,
    "organisations": find_organisations,
    "local governments": find_local_governments,
    "governments": find_governments,
    "persons": find_persons,
    "projects": find_projects,
    "both sides": find_pairs,
    "groups": find_groups,
    "descriptions": find_descriptions,
    "unnamed bodies": find_unnamed,
    "pronouns": find_pronouns,
    "I and we": find_speakers,
}
WEIGHTS = "actors_and_projects.json"


class References(Stage):
    """Sets `doc._.entities`, `doc._.references` and `Mention.entity`, all in reading order."""

    files = (WEIGHTS,)
    rules = RULES

    def __call__(self, doc: Doc) -> Doc:
        doc._.entities, doc._.references = [], []  # those of an earlier run are no evidence
        write(doc, find(doc, self.off))
        weigh(doc, weights(self.trained(doc) / WEIGHTS))
        return doc


make_references = factory(
    "corridor_references",
    References,
    requires=["doc._.mentions", "token.is_sent_start", "token.dep", "token.pos", "token.lemma"],
    assigns=["doc._.entities", "doc._.references"],
)


def find(doc: Doc, off: Collection[str] = ()) -> Discourse:
    """The discourse of an article, without the rules that are `off`; the Doc is only read."""
    view = view_of(doc)
    discourse, home = Discourse(view), view.home_country
    for name, rule in RULES.items():
        if name not in off:
            rule(view, discourse, home)
    return discourse


def write(doc: Doc, discourse: Discourse) -> None:
    """Sets on the Doc what was found."""
    for mention in doc._.mentions:
        mention.entity = discourse.meaning(mention)
    doc._.entities = discourse.in_order()
    doc._.references = sorted(discourse.references, key=lambda reference: (reference.start, reference.end))
