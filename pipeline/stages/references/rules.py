"""The rules of the references stage, in the order in which they run: each adds actors, projects or references.

`models/default/rules.csv` holds what each gains on held-out articles, as `corridor train ablation` measured it.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.stages.document.view import ArticleView
from pipeline.stages.references.bodies.countries import find_countries, find_governments
from pipeline.stages.references.bodies.groups import find_groups
from pipeline.stages.references.bodies.organisations import find_organisations
from pipeline.stages.references.bodies.provinces import find_local_governments
from pipeline.stages.references.bodies.unnamed import find_unnamed
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.descriptions import find_descriptions
from pipeline.stages.references.first_person import find_speakers
from pipeline.stages.references.pairs import find_pairs
from pipeline.stages.references.people.persons import find_persons
from pipeline.stages.references.projects import find_projects
from pipeline.stages.references.pronouns import find_pronouns

Finder = Callable[[ArticleView, Cast, str | None], None]  # the last: the country that the article is about

RULES: dict[str, Finder] = {
    "countries": lambda view, cast, home: find_countries(view, cast),
    "organisations": find_organisations,
    "local governments": find_local_governments,
    "governments": find_governments,
    "persons": find_persons,
    "projects": find_projects,
    "both sides": lambda view, cast, home: find_pairs(view, cast),
    "groups": find_groups,
    "descriptions": find_descriptions,
    "unnamed bodies": find_unnamed,
    "pronouns": lambda view, cast, home: find_pronouns(view, cast),
    "I and we": lambda view, cast, home: find_speakers(view, cast),
}
