"""Names near to one that a reviewer typed: those of the article first, then those that Corridor knows.

A misspelt party must not become a new actor by accident: the page offers these names before it offers a new one.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from pipeline.record import Record
from pipeline.seeds import rows, split
from pipeline.values.gazetteer.names import key, spelled, unaccented

Table = Literal["actors", "projects"]
MOST = 6  # names of the article, and as many known ones
LEAST = 75  # similarity of two names, 0 to 100
BEGUN = 90  # similarity of a name to the beginning of one of its words
SHORTEST = 3  # letters of such a beginning
HERE = "article"


class Near(NamedTuple):
    """`id`: of the actor or project in the article; `source`: HERE, or a file of seeds.

    An actor has `kind` and `country`, a project `programme` and `countries`. `also`: another name of it, where that is
    the near one; `score`: the similarity, 0 to 100.
    """

    id: str | None
    name: str
    source: str
    kind: str | None = None
    country: str | None = None
    programme: bool = False
    countries: tuple[str, ...] = ()
    also: str | None = None
    score: float = 0


Found = Iterable[tuple[Near, list[str]]]  # parts with their other names
Named = tuple[str, str, Near]  # a name in the form in which it is compared, the name, and the part that has it


def near(record: Record, of: Table, typed: str) -> list[Near]:
    """Names of a record, then known names that it lacks: at most `MOST` of each, the nearest first."""
    own = _named(_in_record(record, of))
    countries = {actor.country for actor in record.actors if actor.country}
    here = {form for form, _, _ in own}
    known = [
        one
        for one in _nearest(_known(of), typed, countries)
        if here.isdisjoint((_form(one.name), _form(one.also or "")))
    ]
    return [*_nearest(own, typed, countries)[:MOST], *known[:MOST]]


def _named(found: Found) -> list[Named]:
    own = ((name, part) for part, aliases in found for name in dict.fromkeys((part.name, *aliases)))
    return [(form, name, part) for name, part in own if (form := _form(name))]


def _nearest(names: Sequence[Named], typed: str, countries: Collection[str]) -> list[Near]:
    """Parts by their nearest name; of equally near ones those of `countries`, then the shorter name first."""
    wanted, scored = _form(typed), list[tuple[float, bool, int, int]]()
    for place, (form, name, part) in enumerate(names):
        begun = BEGUN if len(wanted) >= SHORTEST and f" {wanted}" in f" {form}" else 0
        score = max(begun, fuzz.ratio(wanted, form), fuzz.token_sort_ratio(wanted, form))  # that in any order of words
        if score >= LEAST:
            scored.append((-score, part.country not in countries, len(name), place))
    best: dict[Near, Near] = {}
    for score, _, _, place in sorted(scored):
        _, name, part = names[place]
        best.setdefault(part, part._replace(also=None if name == part.name else name, score=round(-score, 1)))
    return list(best.values())


def _in_record(record: Record, of: Table) -> Found:
    for actor in record.actors if of == "actors" else ():
        yield Near(actor.id, actor.name, HERE, kind=actor.kind, country=actor.country), actor.aliases
    for one in record.projects if of == "projects" else ():
        yield Near(one.id, one.name, HERE, programme=one.programme, countries=tuple(one.countries)), one.aliases


def _actors() -> Found:
    for row in rows("countries.csv", "alpha3", "name"):
        country = Near(None, row["name"], "countries", kind="country", country=row["alpha3"])
        yield country, split(row["other_names"])
    for row in rows("institutions.csv", "name", "kind"):
        body = Near(None, row["name"], "institutions", kind=row["kind"], country=row["country"] or None)
        yield body, split(row["aliases"])
    for row in rows("leaders.csv", "country", "name"):
        yield Near(None, row["name"], "leaders", kind="person", country=row["country"]), []


def _projects() -> Found:
    for source in ("projects", "programmes"):
        for row in rows(f"{source}.csv", "name"):
            countries = tuple(split(row["countries"]))
            known = Near(None, row["name"], source, programme=source == "programmes", countries=countries)
            yield known, split(row["aliases"])


@cache
def _known(of: Table) -> list[Named]:
    return _named(_actors() if of == "actors" else _projects())


@lru_cache(maxsize=50_000)
def _form(name: str) -> str:
    """A name as it is compared: its key without accents, each word in one spelling."""
    return " ".join(map(spelled, key(unaccented(name)).split()))
