"""The country of a leader or of a national government ("the Thai government", not "the Punjab government")."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.gazetteer.names import key, without_honorifics
from pipeline.gazetteer.places import country_of, demonym
from pipeline.seeds import rows, table

_GOVERNMENT = re.compile(r"(?:the )?(.+?)(?:['\u2019]s?)? (?:government|govt|administration)", re.I)
_GOVERNMENT_OF = re.compile(r"(?:the )?(?:federal )?(?:government|govt) of (?:the )?(.+)", re.I)


def national_government(name: str, home: str | None) -> str | None:
    """The country of a national government: "Thai government", "Government of Japan", "Biden administration"."""
    if key(name) in table("references.yaml")["governments"]:
        return home
    behind, before = _GOVERNMENT_OF.fullmatch(name), _GOVERNMENT.fullmatch(name)
    if behind:
        return country_of(behind[1])
    return (country_of(before[1]) or demonym(before[1]) or leader_country(before[1]) or None) if before else None


def leader_country(name: str) -> str | None:
    """The country of a well-known leader, by full name or surname, with or without titles."""
    words = name_words(name)
    return _leaders().get(" ".join(words)) or (_leaders().get(words[-1]) if words else None)


def name_words(name: str) -> list[str]:
    """The words of a person's name, without titles; of a nickname those of the full name."""
    plain = key(without_honorifics(name)) or key(name)
    full: str = table("references.yaml")["nicknames"].get(plain, plain)
    return full.split()


@lru_cache(maxsize=1)
def _leaders() -> dict[str, str]:
    return {key(row["name"]): row["country"] for row in rows("leaders.csv", "country", "name")}
