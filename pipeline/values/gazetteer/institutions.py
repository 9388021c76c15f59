"""The kind and country of an organisation, by its names, and the nation of a leader or of the name of a government.

Known institutions decide first, then the head of the name, then any word of it. The head is not always the last word
("Ministry of Finance", "State Bank of Pakistan"). "The Thai government" means Thailand; "the Punjab government" is a
body of its own.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import cast

from pipeline.record import ActorKind
from pipeline.seeds import Row, rows, table
from pipeline.values.gazetteer.names import is_acronym, key, without_honorifics, without_legal_form
from pipeline.values.gazetteer.places import country_of, demonym, place_country, place_names
from pipeline.values.numbers import any_case

_LONGEST = 4  # words of a place inside a name
_FIRMS = ("company", "bank")  # kinds whose subsidiaries bear their name


@lru_cache(maxsize=1)
def institutions() -> dict[str, Row]:
    """The institutions of the seeds by the key of each of their names; of namesakes the first."""
    return {name: known[0] for name, known in _namesakes().items()}


@lru_cache(maxsize=1)
def institution_countries() -> dict[str, str]:
    """The country of each name of an institution, by the name's key; of namesakes with a country the last."""
    found = {name: [row["country"] for row in known if row["country"]] for name, known in _namesakes().items()}
    return {name: countries[-1] for name, countries in found.items() if countries}


@lru_cache(maxsize=1)
def _namesakes() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows("institutions.csv", "name", "kind"):
        for name in dict.fromkeys(key(name) for name in (row["name"], *row["aliases"].split("|"))):
            found.setdefault(name, []).append(row)
    found.pop("", None)
    return found


def known_as(name: str, near: Sequence[str] = ()) -> Row | None:
    """The institution of a name. Of namesakes, that of the country which stands first in `near`, else the first.

    `near`: the article's home country and the countries that it names. An acronym without a namesake there means a body
    of no country, or one that finances abroad, or the first namesake if that is a firm; else None.
    """
    namesakes = _namesakes().get(key(name), [])
    if not near or not namesakes:
        return next(iter(namesakes), None)
    if nearest := next((row for code in near for row in namesakes if row["country"] == code), None):
        return nearest
    if not (name.isalpha() and name.isupper()):
        return namesakes[0]
    abroad = table("references.yaml")["financiers_abroad"]
    found = [row for row in namesakes if not row["country"]] or [row for row in namesakes if row["name"] in abroad]
    return next(iter(found), namesakes[0] if namesakes[0]["kind"] in _FIRMS else None)


def is_shared(name: str) -> bool:
    """Whether bodies of several countries have this name."""
    return len({row["country"] for row in _namesakes().get(key(name), ())}) > 1


def institution(names: Collection[str], near: Sequence[str] = ()) -> Row | None:
    """The institution that one of the names means; `near` as in `known_as`.

    The acronym of a government body does not count where another of the names spells it out as something else: "Road
    Development Agency" and RDA.
    """
    found = ((name, row) for name in names if (row := known_as(name, near)))
    return next(
        (row for name, row in found if row["kind"] != "government" or not _names_another(name, row, names)), None
    )


def _names_another(acronym: str, row: Row, names: Iterable[str]) -> bool:
    """Whether the names spell out an acronym as none of the forms of an institution."""
    forms = [_plain_words(form) for form in (row["name"], *row["aliases"].split("|")) if " " in form]
    spelled = [_plain_words(name) for name in names if is_acronym(acronym, name)]
    return bool(spelled) and not any(form <= words for form in forms for words in spelled)


def _plain_words(name: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in key(name).split()) - {"and", "of", "for"}


@lru_cache(maxsize=1)
def unspaced_names() -> dict[str, str]:
    """Keys of institutions by their spelling in a web address: "bangkokpost"."""
    return {name.replace(" ", ""): name for name in institutions()}


def kind_of(names: list[str], near: Sequence[str] = ()) -> ActorKind:
    """The kind of the organisation with these names (the fullest first); `near` as in `known_as`.

    An acronym mostly means the same kind of body in every country.
    """
    row = institution(names, near) or institution(names)
    if row:
        return cast(ActorKind, row["kind"])
    if stated := next((kind for name in names if (kind := _stated_kind(key(name)))), None):
        return stated
    firm = parent(names)
    return cast(ActorKind, firm["kind"] if firm else table("references.yaml")["default_kind"])


def parent(names: Iterable[str]) -> Row | None:
    """The company or bank of the seeds with which one of the names begins: "Samsung SDI", "Citi Ventures"."""
    found = (institution(prefixes(name)) for name in names)
    return next((row for row in found if row and row["kind"] in _FIRMS), None)


def prefixes(name: str) -> list[str]:
    """The first words of a name or an office, most words first: "World Bank President" -> World Bank, World."""
    words = name.split()
    return [" ".join(words[:end]) for end in range(len(words) - 1, 0, -1)]


def states_kind(names: list[str]) -> bool:
    """Whether the names state what kind of organisation it is."""
    return institution(names) is not None or any(_stated_kind(key(name)) for name in names)


def country_of_name(name: str, home: str | None = None) -> str | None:
    """The first country of `countries_of_name`: "Sindh Revenue Board" -> PAK."""
    return next(countries_of_name(name, home), None)


def countries_of_name(name: str, home: str | None = None) -> Iterator[str]:
    """The countries of the places, countries and nationalities inside a name, in its order; the longest ones count.

    "South Sudan Highway" is not Sudan's, "Indian Ocean Commission" not India's. `home`: the country whose places come
    first.
    """
    words = [match.span() for match in _WORD.finditer(name)]
    start = 0
    while start < len(words):
        ends = range(min(len(words), start + _LONGEST), start, -1)
        parts = ((end, name[words[start][0] : words[end - 1][1]].replace("-", " ")) for end in ends)
        found = next(
            ((end, code) for end, part in parts if (code := _country(part, home)) is not None), (start + 1, "")
        )
        start = found[0]
        if found[1]:
            yield found[1]


_WORD = re.compile(r"[^\s\u2013/.,;:()-](?:[^\s\u2013/-]*[^\s\u2013/.,;:()-])?")


@lru_cache(maxsize=10_000)
def _country(part: str, home: str | None) -> str | None:
    """The country of a part of a name; "" for a place of no country, None for no place or an ambiguous word."""
    if not part[:1].isupper():
        return None
    found = place_country(part, home) or ("" if part in place_names() else None)
    return None if found != home and part in table("place_words.yaml")["words_too"] else found


def _stated_kind(name: str) -> ActorKind | None:
    if any(bank in name for bank in table("references.yaml")["central_banks"]):
        return "government"
    kinds, words = _kinds_by_word(), name.split()
    return next((kinds[word] for word in (*reversed(_head(words)), *reversed(words)) if word in kinds), None)


def head_of(name: str) -> str:
    """The word that states the kind of a body: "committee" of "Standing Committee on Finance"; "" without one."""
    head = _head(key(without_legal_form(name)).split())
    return next((word for word in reversed(head) if word in _kinds_by_word()), "")


def _head(words: list[str]) -> list[str]:
    stops = table("references.yaml")["prepositions"]
    cut = next((n for n, word in enumerate(words) if n and word in stops), len(words))
    return words[:cut]


@lru_cache(maxsize=1)
def _kinds_by_word() -> dict[str, ActorKind]:
    return {key(word): kind for kind, words in table("references.yaml")["kinds"].items() for word in words}


def national_government(name: str, home: str | None) -> str | None:
    """The country whose government a name means: "Thai government", "Government of Japan", "Biden administration"."""
    if key(name) in table("references.yaml")["governments"]:
        return home
    owner = government_owner(name)
    return _nation(name[slice(*owner)]) if owner else None


def government_owner(name: str) -> tuple[int, int] | None:
    """Start and end of whose national government a name means: "Japan" in "Government of Japan"; None for any other."""
    before, after = _patterns()
    found = after.fullmatch(name) or before.fullmatch(name)
    return found.span("owner") if found and _nation(found["owner"]) else None


def _nation(owner: str) -> str | None:
    return country_of(owner) or demonym(owner) or leader_country(owner)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of "Thai government" and of "government of Thailand"."""
    forms = any_case(table("references.yaml")["government_forms"])
    before = (
        rf"(?:the\s+)?(?:{forms}\s+)*(?P<owner>.+?)(?:['\u2019]s?)?(?:\s+{forms})*\s+(?:government|govt|administration)"
    )
    after = rf"(?:the\s+)?(?:{forms}\s+)*(?:government|govt)\s+of\s+(?:the\s+)?(?P<owner>.+)"
    return re.compile(before, re.I), re.compile(after, re.I)


def leader_country(name: str) -> str | None:
    """The country of a well-known leader, by full name or surname; titles may stand before it."""
    words = name_words(name)
    return _leaders().get(" ".join(words)) or (_leaders().get(words[-1]) if words else None)


def name_words(name: str) -> list[str]:
    """The words of a person's name, without titles; a nickname is replaced by the full name."""
    plain = key(without_honorifics(name)) or key(name)
    full: str = table("references.yaml")["nicknames"].get(plain, plain)
    return full.split()


@lru_cache(maxsize=1)
def _leaders() -> dict[str, str]:
    return {key(row["name"]): row["country"] for row in rows("leaders.csv", "country", "name")}
