"""Groups the names of projects and programmes, and separates a phase from its umbrella.

A project is often named by what it does ("ML-1 railway modernization project", "the ML-1"). "Phase II" alone is the
phase of the project named before it.
"""

import re
from functools import cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.view import ArticleView
from pipeline.stages.references.clusters import Clusters, grouped
from pipeline.stages.references.discourse import Discourse
from pipeline.stages.references.organisations import fullest
from pipeline.stages.references.origins import country_before
from pipeline.values.gazetteer.institutions import countries_of_name
from pipeline.values.gazetteer.names import acronym_key, initials, key, looks_like_acronym
from pipeline.values.gazetteer.places import place_country
from pipeline.values.gazetteer.projects import Name, parsed, programmes
from pipeline.values.numbers import any_case

_IN = re.compile(r"\s+(?:in|at|near|across)\s+(?:the\s+)?")
_AHEAD = 60  # names searched after a plain one; keeps the stage linear
_OF_YEAR = re.compile(r" (?:for|of) ")
_PHASE_OF = re.compile(r"\bphase of (?:the )?$", re.IGNORECASE)


def find_projects(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds each project and programme once, a phase apart from its umbrella."""
    for label in ("PROGRAMME", "PROJECT"):
        for mentions in _groups(view, label):
            names = [view.mentions.name(mention) for mention in mentions]
            discourse.add(_entity(view, names, label == "PROGRAMME", mentions, home), mentions)


def _groups(view: ArticleView, label: str) -> list[list[Mention]]:
    mentions = [mention for mention in view.mentions.labelled(label) if not _is_budget(view.mentions.name(mention))]
    names = _names(view, mentions)

    def unite(clusters: Clusters) -> None:
        clusters.unite_shared((n, form) for n, name in enumerate(names) for form in name.forms())
        for n in range(len(mentions) - 1):
            left, right = mentions[n], mentions[n + 1]
            renamed = view.mentions.is_bracketed(left, right) or _known_as().fullmatch(view.mentions.gap(left, right))
            same = names[n].phase == names[n + 1].phase and renamed  # "X (Y)", "X, better known as Y"
            if same or _is_bracketed_phase(view, left, right, names[n + 1]):
                clusters.unite(n, n + 1)
        whole = [(n, view.mentions.name(m)) for n, m in enumerate(mentions) if not names[n].phase]
        clusters.unite_unique(
            [(n, acronym_key(text)) for n, text in whole if looks_like_acronym(text)],
            ((n, form) for n, text in whole for form in initials(text)),
        )
        if label == "PROJECT":
            clusters.unite_shared((n, _distinctive(name)) for n, name in enumerate(names))
        cores = [frozenset(name.core) for name in names]
        clusters.unite_shorter(names, cores, lambda n, o: _shortens(names[n], names[o]))
        _unite_plain(names, clusters)

    return grouped(mentions, unite)


def _is_budget(name: str) -> bool:
    """Whether a name is of a budget, which is no project: "federal budget 2025-26", "Budget for FY26"."""
    words = [word for word in _OF_YEAR.split(key(name))[0].split() if word.isalpha()]
    return bool(words) and words[-1] in table("references.yaml")["budgets"]


@cache
def _known_as() -> re.Pattern[str]:
    return re.compile(rf"(?:,? | \(){any_case(table('references.yaml')['known_as'])} (?:the )?[\"'\u2018\u201c]?")


def _distinctive(name: Name) -> str:
    """The distinctive words of a name (places, numbers) with its phase; "" if there are fewer than two words."""
    return f"{' '.join(sorted(name.named))}#{name.phase}" if len(name.named) > 1 else ""


def _shortens(short: Name, long: Name) -> bool:
    """Whether a name with a distinctive word may be short for another: "Reko Diq project".

    "Sukkur Motorway" is not short for "Hyderabad-Sukkur Motorways".
    """
    places = {word for word in {*short.core, *long.core} if place_country(word.title()) is not None}
    elsewhere = not (places.isdisjoint(short.core) or places <= set(short.core))
    names_it = bool(short.named) and len("".join(short.core)) > 2 and not elsewhere
    return names_it and not (short.phase or long.phase) and short.measure in ("", long.measure)


def _unite_plain(names: list[Name], clusters: Clusters) -> None:
    """Unites a name of plain words ("Budget", "high-speed railway") with the last one before it that has them all.

    Where none before it has any, with the only fuller one after it: "Budget" in the title over "the federal budget".
    """
    last: dict[str, int] = {}
    for n, name in enumerate(names):
        if name.core and not (name.named or name.phase or name.measure):
            owners = {clusters.top(last[word]) for word in name.core if word in last}
            has_all = set(name.core) <= last.keys()
            if not owners:
                ahead = range(n + 1, min(len(names), n + _AHEAD))
                fuller = (o for o in ahead if set(name.core) < set(names[o].core) and not names[o].phase)
                owners, has_all = set(map(clusters.top, fuller)), True
            if len(owners) == 1 and has_all:
                clusters.unite(n, owners.pop())
        last.update(dict.fromkeys(name.core, n))


def _names(view: ArticleView, mentions: list[Mention]) -> list[Name]:
    """The parsed names; a bare "Phase II" gets the core of the name before it, else of the next one."""
    names = [parsed(view.mentions.name(mention)) for mention in mentions]
    given: dict[str, Name] = {}
    owner = next((name for name in names if name.core), None)
    for n, name in enumerate(names):
        if name.phase and not name.core and owner:
            names[n] = given.setdefault(name.phase, Name(owner.core, name.phase, owner.umbrella))
        owner = names[n] if names[n].core else owner
    return _with_phase_numbers(names)


def _with_phase_numbers(names: list[Name]) -> list[Name]:
    """ "Next phase" gets the number of the only numbered phase of its umbrella above the first."""
    numbered: dict[object, set[str]] = {}
    for name in names:
        if name.phase not in ("", "1", "next", "last"):
            numbered.setdefault(name.umbrella or name.core, set()).add(name.phase)
    return [
        Name(name.core, min(numbers), name.umbrella)
        if name.phase == "next" and len(numbers := numbered.get(name.umbrella or name.core, set())) == 1
        else name
        for name in names
    ]


def _is_bracketed_phase(view: ArticleView, left: Mention, right: Mention, name: Name) -> bool:
    """ "second phase of the corridor (CPEC 2.0)": one phase, unless the left name is the corridor alone."""
    bracketed = view.mentions.gap(left, right).strip() == "(" and view.text[right.end : right.end + 1] == ")"
    return bool(name.phase) and bracketed and not _PHASE_OF.search(view.text, max(0, left.start - 20), left.start)


def _entity(view: ArticleView, names: list[str], programme: bool, mentions: list[Mention], home: str | None) -> Entity:
    parts = parsed(fullest(names))
    name = _umbrella_name(view, parts.umbrella) if parts.umbrella and not parts.phase else fullest(names)
    return Entity(name, None, programme=programme, countries=_countries(view, names, mentions, home))


def _countries(view: ArticleView, names: list[str], mentions: list[Mention], home: str | None) -> list[str]:
    umbrellas = (programmes().get(key(parsed(name).umbrella)) for name in names)
    if programme := next(filter(None, umbrellas), None):
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


def _umbrella_name(view: ArticleView, umbrella: str) -> str:
    """The first of its names in the seeds that stands in the article, else `umbrella`."""
    row = programmes()[key(umbrella)]
    return next((name for name in [row["name"], *row["aliases"].split("|")] if name and name in view.text), umbrella)
