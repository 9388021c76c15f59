"""The parts of a project's or programme's name: its distinctive words, its phase, its measure, its umbrella.

One project has many names: "CPEC 2.0" and "second phase of the CPEC", "2025-26 budget" and "budget for FY26".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.gazetteer.acronyms import looks_like_acronym
from pipeline.gazetteer.names import key
from pipeline.seeds import Row, rows, table
from pipeline.values.quantities import find_quantities, parse_quantity

_SECOND = re.compile(r"(\D)2\.0\b")
_FISCAL = r"(?:fy|(?:fiscal|financial) year) ?"
_YEARS = re.compile(rf"\b(?:{_FISCAL})?20\d\d (?:20)?(\d\d)\b|\b{_FISCAL}(?:20)?(\d\d)\b")
_YEAR_WORDS = re.compile(r"(?<=\bfy\d\d) (?:fiscal|financial) year\b")
_LONGEST_SINGULAR = 3  # letters up to which a word is no plural: "bus"


@dataclass(frozen=True)
class Name:
    """A name of a project: its own words, the phase ("" for the whole project), and the known umbrella.

    `measure`: its length or capacity ("135.0 km"), "" where the name has none.
    """

    core: tuple[str, ...]
    phase: str
    umbrella: str
    measure: str = ""

    @property
    def named(self) -> frozenset[str]:
        """The words that distinguish it from other projects of its type."""
        return frozenset(self.core) - plain_words()

    def forms(self) -> list[str]:
        """Keys that only the same project has: the umbrella, or the words of the core; with phase and measure."""
        forms = [f"{' '.join(sorted(self.core))}#{self.phase}#{self.measure}"] if self.core else []
        return [*forms, *([f"={self.umbrella}#{self.phase}"] if self.umbrella else [])]


@lru_cache(maxsize=10_000)
def parsed(text: str) -> Name:
    """The name in its parts: "second phase of the CPEC", "CPEC 2.0" and "CPEC Phase II" are phase 2 of one core."""
    bare, measure = _without_measure(_SECOND.sub(r"\1phase 2", text))
    words, phase = without_phase(key(bare).split())
    while words and words[0] in ("of", "the", "for"):
        words = words[1:]
    generic = table("references.yaml")["generic_project_words"]
    core = tuple(word for word in words if word not in generic)
    known = programmes().get(" ".join(words)) or programmes().get(" ".join(core))
    umbrella = known["name"] if known and _is_same(text, words, known["name"]) else ""
    return Name(tuple(dict.fromkeys(_alike(word) for word in _years_alike(core))), phase, umbrella, measure)


def _without_measure(text: str) -> tuple[str, str]:
    """A name without its first measure, and the measure; a name that is only a measure keeps it."""
    for start, end in find_quantities(text)[:1]:
        bare, told = f"{text[:start]} {text[end:]}", parse_quantity(text[start:end])
        if told and key(bare):
            return bare, f"{told.value} {told.unit}"
    return text, ""


def _years_alike(words: tuple[str, ...]) -> list[str]:
    """ "2025 26", "fy2025 26" and "fiscal year 2025 26" are "fy26"."""
    told = _YEARS.sub(lambda match: f"fy{match[1] or match[2]}", " ".join(words))
    return _YEAR_WORDS.sub(" ", told).split()


def _alike(word: str) -> str:
    """The canonical synonym of a word, in the singular."""
    long = len(word) > _LONGEST_SINGULAR and not word.endswith(("ss", "us", "is"))
    single = word[:-1] if long and word.endswith("s") else word
    return _synonyms().get(single, single)


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, str]:
    return {word: words[0] for words in table("references.yaml")["project_synonyms"] for word in words}


def _is_same(text: str, words: list[str], umbrella: str) -> bool:
    """Whether an alias is another spelling of the umbrella, not a part of it ("Digital Silk Road")."""
    return (
        any(looks_like_acronym(part) for part in text.split())
        or set(words) <= set(key(umbrella).split())
        or "one" in words
    )


def without_phase(words: list[str]) -> tuple[list[str], str]:
    """The words without those of a phase, and its number, "next" or "last"; "" where there is no phase."""
    ordinals = table("references.yaml")["ordinals"]
    for n, word in enumerate(words):
        if word not in table("references.yaml")["phase_words"]:
            continue
        if n + 1 < len(words) and (words[n + 1].isdigit() or words[n + 1] in ordinals):
            return words[:n] + words[n + 2 :], str(ordinals.get(words[n + 1], words[n + 1]))
        if n and words[n - 1] in ordinals:
            return words[: n - 1] + words[n + 1 :], str(ordinals[words[n - 1]])
    return words, ""


@lru_cache(maxsize=1)
def programmes() -> dict[str, Row]:
    """The known programmes, by the key of each of their names that names no phase."""
    known: dict[str, Row] = {}
    for row in rows("programmes.csv", "name"):
        for name in [row["name"], *row["aliases"].split("|")]:
            if not without_phase(key(name).split())[1]:
                known.setdefault(key(name), row)
    known.pop("", None)
    return known


@lru_cache(maxsize=1)
def plain_words() -> frozenset[str]:
    """Words for types of works, which alone name no project."""
    works = table("references.yaml")["descriptions"]
    told = [*works["works"], *works["umbrellas"], *table("references.yaml")["plain_project_words"]]
    return frozenset([*map(str, told), *(_alike(str(word)) for word in told)])
