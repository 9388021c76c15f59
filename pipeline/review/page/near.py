"""Names near to one that a reviewer typed: those of the article first, then those that Corridor knows.

A misspelt party must not become a new actor by accident: the page offers these names before it offers a new one.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from rapidfuzz import fuzz, process

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


class _Names:
    """Parts with all their names, in the forms in which these are compared."""

    def __init__(self, found: Iterable[tuple[Near, list[str]]]) -> None:
        own = [(part, name) for part, aliases in found for name in dict.fromkeys((part.name, *aliases))]
        self.names = [(part, name, form) for part, name in own if (form := _form(name))]
        self.forms = [form for _, _, form in self.names]
        self.ordered = [_ordered(form) for form in self.forms]

    def nearest(self, typed: str, countries: Collection[str]) -> list[Near]:
        """Parts by their nearest name; of equally near ones those of `countries`, then the shorter name first."""
        wanted, scores = _form(typed), dict[int, float]()
        for query, forms in ((wanted, self.forms), (_ordered(wanted), self.ordered)):
            for _, score, place in process.extract_iter(query, forms, scorer=fuzz.ratio, score_cutoff=LEAST):
                scores[place] = max(score, scores.get(place, 0))
        for place, form in enumerate(self.forms if len(wanted) >= SHORTEST else ()):
            if f" {wanted}" in f" {form}":
                scores[place] = max(BEGUN, scores.get(place, 0))

        def rank(place: int) -> tuple[float, bool, int, int]:
            part, name, _ = self.names[place]
            return -scores[place], part.country not in countries, len(name), place

        best: dict[Near, Near] = {}
        for place in sorted(scores, key=rank):
            part, name, _ = self.names[place]
            also = None if name == part.name else name
            best.setdefault(part, part._replace(also=also, score=round(scores[place], 1)))
        return list(best.values())


def near(record: Record, of: Table, typed: str) -> list[Near]:
    """Names of a record, then known names that it lacks: at most `MOST` of each, the nearest first."""
    own = _Names(_in_record(record, of))
    countries = {actor.country for actor in record.actors if actor.country}
    here = set(own.forms)
    known = (one for one in _known(of).nearest(typed, countries) if not {_form(one.name), _form(one.also or "")} & here)
    return [*own.nearest(typed, countries)[:MOST], *list(known)[:MOST]]


def _in_record(record: Record, of: Table) -> Iterator[tuple[Near, list[str]]]:
    for actor in record.actors if of == "actors" else ():
        yield Near(actor.id, actor.name, HERE, kind=actor.kind, country=actor.country), actor.aliases
    for one in record.projects if of == "projects" else ():
        yield Near(one.id, one.name, HERE, programme=one.programme, countries=tuple(one.countries)), one.aliases


def _actors() -> Iterator[tuple[Near, list[str]]]:
    for row in rows("countries.csv", "alpha3", "name"):
        country = Near(None, row["name"], "countries", kind="country", country=row["alpha3"])
        yield country, split(row["other_names"])
    for row in rows("institutions.csv", "name", "kind"):
        body = Near(None, row["name"], "institutions", kind=row["kind"], country=row["country"] or None)
        yield body, split(row["aliases"])
    for row in rows("leaders.csv", "country", "name"):
        yield Near(None, row["name"], "leaders", kind="person", country=row["country"]), []


def _projects() -> Iterator[tuple[Near, list[str]]]:
    for source in ("projects", "programmes"):
        for row in rows(f"{source}.csv", "name"):
            countries = tuple(split(row["countries"]))
            known = Near(None, row["name"], source, programme=source == "programmes", countries=countries)
            yield known, split(row["aliases"])


KNOWN: Mapping[Table, Callable[[], Iterator[tuple[Near, list[str]]]]] = {"actors": _actors, "projects": _projects}


@cache
def _known(of: Table) -> _Names:
    return _Names(KNOWN[of]())


@lru_cache(maxsize=50_000)
def _form(name: str) -> str:
    """A name as it is compared: its key without accents, each word in one spelling."""
    return " ".join(map(spelled, key(unaccented(name)).split()))


def _ordered(form: str) -> str:
    return " ".join(sorted(form.split()))
