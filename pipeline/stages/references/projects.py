"""Groups the names of projects and programmes, and separates a phase from its umbrella.

A project is often named by what it does ("ML-1 railway modernization project", "the ML-1"). "Phase II" alone is the
phase of the project named before it.
"""

from __future__ import annotations

import re

from pipeline.article.doc import Entity, Mention
from pipeline.article.view import ArticleView
from pipeline.gazetteer.institutions import countries_of_name
from pipeline.gazetteer.names import key
from pipeline.gazetteer.places import place_country
from pipeline.gazetteer.projects import Name, parsed, programmes
from pipeline.seeds import table
from pipeline.stages.references.bodies.organisations import fullest
from pipeline.stages.references.bodies.origins import country_before
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.clusters import Clusters, grouped

_IN = re.compile(r"\s+(?:in|at|near|across)\s+(?:the\s+)?")
_OF_YEAR = re.compile(r" (?:for|of) ")


def find_projects(view: ArticleView, cast: Cast, home: str | None) -> None:
    """Adds each project and programme once, a phase apart from its umbrella."""
    for label in ("PROGRAMME", "PROJECT"):
        for mentions in _groups(view, label):
            names = [view.mentions.name(mention) for mention in mentions]
            cast.add(_entity(view, names, label == "PROGRAMME", mentions, home), mentions)


def _groups(view: ArticleView, label: str) -> list[list[Mention]]:
    mentions = [mention for mention in view.mentions.labelled(label) if not _is_budget(view.mentions.name(mention))]
    names = _names(view, mentions)

    def unite(clusters: Clusters) -> None:
        clusters.unite_shared((n, form) for n, name in enumerate(names) for form in name.forms())
        for n in range(len(mentions) - 1):
            if names[n].phase == names[n + 1].phase and view.mentions.is_bracketed(mentions[n], mentions[n + 1]):
                clusters.unite(n, n + 1)
        if label == "PROJECT":
            clusters.unite_shared((n, _distinctive(name)) for n, name in enumerate(names))
        cores = [frozenset(name.core) for name in names]
        clusters.unite_shorter(names, cores, lambda n, o: _shortens(names[n], names[o]))

    return grouped(mentions, unite)


def _is_budget(name: str) -> bool:
    """Whether a name is of a budget, which is no project: "federal budget 2025-26", "Budget for FY26"."""
    words = [word for word in _OF_YEAR.split(key(name))[0].split() if word.isalpha()]
    return bool(words) and words[-1] in table("references.yaml")["budgets"]


def _distinctive(name: Name) -> str:
    """The distinctive words of a name (places, numbers) with its phase; "" if there are fewer than two words."""
    return f"{' '.join(sorted(name.named))}#{name.phase}" if len(name.named) > 1 else ""


def _shortens(short: Name, long: Name) -> bool:
    """Whether a name with a distinctive word may be short for another: "Reko Diq project"."""
    names_it = bool(short.named) and len("".join(short.core)) > 2
    return names_it and not (short.phase or long.phase) and short.measure in ("", long.measure)


def _names(view: ArticleView, mentions: list[Mention]) -> list[Name]:
    """The parsed names; a bare "Phase II" gets the core of the name before it, else of the next one."""
    names = [parsed(view.mentions.name(mention)) for mention in mentions]
    given: dict[str, Name] = {}
    owner = next((name for name in names if name.core), None)
    for n, name in enumerate(names):
        if name.phase and not name.core and owner:
            names[n] = given.setdefault(name.phase, Name(owner.core, name.phase, owner.umbrella))
        owner = names[n] if names[n].core else owner
    return names


def _entity(view: ArticleView, names: list[str], programme: bool, mentions: list[Mention], home: str | None) -> Entity:
    return Entity(fullest(names), None, programme=programme, countries=_countries(view, names, mentions, home))


def _countries(view: ArticleView, names: list[str], mentions: list[Mention], home: str | None) -> list[str]:
    umbrellas = (programmes().get(key(parsed(name).umbrella)) for name in names)
    programme = next((row for row in umbrellas if row), None)
    if programme:
        return [code for code in programme["countries"].split("|") if code]
    named = [code for name in names for code in countries_of_name(name, home)]
    beside = None if named else _country_after(view, mentions, home) or country_before(view, mentions)
    return list(dict.fromkeys(named)) or [code for code in (beside or home,) if code]


def _country_after(view: ArticleView, mentions: list[Mention], home: str | None) -> str | None:
    """The country straight after the name of a project: "hydropower projects in Ladakh"."""
    for mention in mentions:
        inside = _IN.match(view.text, mention.end)
        place = view.mentions.covering(inside.end()) if inside else None
        if place and place.label in ("COUNTRY", "PLACE") and (code := place_country(view.mentions.name(place), home)):
            return code
    return None
