"""Finds the nation of a leader, or of the name of a government.

"The Thai government" means Thailand; "the Punjab government" is a body of its own.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.seeds import rows, table
from pipeline.values.gazetteer.names import key, without_honorifics
from pipeline.values.gazetteer.places import country_of, demonym
from pipeline.values.numbers import any_case


def national_government(name: str, home: str | None) -> str | None:
    """The country whose government a name means: "Thai government", "Government of Japan", "Biden administration"."""
    if key(name) in table("references.yaml")["governments"]:
        return home
    owner = government_owner(name)
    return _country(name[slice(*owner)]) if owner else None


def government_owner(name: str) -> tuple[int, int] | None:
    """Start and end of whose national government a name means: "Japan" in "Government of Japan"; None for any other."""
    before, after = _patterns()
    found = after.fullmatch(name) or before.fullmatch(name)
    return found.span("owner") if found and _country(found["owner"]) else None


def _country(owner: str) -> str | None:
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
