"""Parses the name of a project or programme: its own words, its phase, its measure, its umbrella.

One project is written in many ways: "CPEC 2.0" and "second phase of the CPEC", "2025-26 budget" and "budget for FY26",
"135-km line" and "135-kilometre line", "Mohmand Dams" and "Mohmand Dam".
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.seeds import Row, rows, table
from pipeline.values.gazetteer.names import key, looks_like_acronym
from pipeline.values.numbers import find_quantities, parse_quantity

_SECOND = re.compile(r"(\D)2\.0\b")
_FISCAL = r"(?:fy|(?:fiscal|financial) year) ?"
_YEARS = re.compile(rf"\b(?:{_FISCAL})?20\d\d (?:20)?(\d\d)\b|\b{_FISCAL}(?:20)?(\d\d)\b")
_YEAR_WORDS = re.compile(r"(?<=\bfy\d\d) (?:fiscal|financial) year\b")
_LONGEST_SINGULAR = 3  # letters of a word that is never a plural: "bus"


@dataclass(frozen=True)
class Name:
    """A parsed name of a project: its own words, the phase ("" for the whole), and the umbrella in the seeds.

    `measure`: its length or power ("135.0 km"), "" where the name has none.
    """

    core: tuple[str, ...]
    phase: str
    umbrella: str
    measure: str = ""

    @property
    def named(self) -> frozenset[str]:
        """The distinctive words: those that not every such project has."""
        return frozenset(self.core) - plain_words()

    def forms(self) -> list[str]:
        """Forms that only the same project shares: the umbrella, or the words of the core; with phase and measure."""
        forms = [f"{' '.join(sorted(self.core))}#{self.phase}#{self.measure}"] if self.core else []
        return [*forms, *([f"={self.umbrella}#{self.phase}"] if self.umbrella else [])]


@lru_cache(maxsize=10_000)
def parsed(text: str) -> Name:
    """The parts of a name: "second phase of the CPEC", "CPEC 2.0" and "CPEC Phase II" are phase 2 of one core."""
    bare, measure = _without_measure(_SECOND.sub(r"\1phase 2", text))
    words, phase = without_phase(key(bare).split())
    while words and words[0] in ("of", "the", "for"):
        words = words[1:]
    generic = table("references.yaml")["generic_project_words"]
    core = tuple(word for word in words if word not in generic)
    programme = programmes().get(" ".join(words)) or programmes().get(" ".join(core))
    umbrella = programme["name"] if programme and _is_same(text, words, programme["name"]) else ""
    return Name(tuple(dict.fromkeys(_normalized(word) for word in _with_short_years(core))), phase, umbrella, measure)


def _without_measure(text: str) -> tuple[str, str]:
    """A name without its first measure, and the measure; a name that is only a measure keeps it."""
    for start, end in find_quantities(text)[:1]:
        bare, quantity = f"{text[:start]} {text[end:]}", parse_quantity(text[start:end])
        if quantity and key(bare):
            return bare, f"{quantity.value} {quantity.unit}"
    return text, ""


def _with_short_years(words: tuple[str, ...]) -> list[str]:
    """ "2025 26", "fy2025 26" and "fiscal year 2025 26" are "fy26"."""
    joined = _YEARS.sub(lambda match: f"fy{match[1] or match[2]}", " ".join(words))
    return _YEAR_WORDS.sub(" ", joined).split()


def _normalized(word: str) -> str:
    """The first of the word's synonyms, in the singular."""
    long = len(word) > _LONGEST_SINGULAR and not word.endswith(("ss", "us", "is"))
    single = word[:-1] if long and word.endswith("s") else word
    return _synonyms().get(single, single)


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, str]:
    return {word: words[0] for words in table("references.yaml")["project_synonyms"] for word in words}


def _is_same(text: str, words: list[str], umbrella: str) -> bool:
    """Whether an alias is another spelling of the umbrella, and not a branch of it ("Digital Silk Road")."""
    return (
        any(looks_like_acronym(part) for part in text.split())
        or set(words) <= set(key(umbrella).split())
        or "one" in words
    )


def without_phase(words: list[str]) -> tuple[list[str], str]:
    """The words without a phase, and its number, "next" or "last"; "" without a phase."""
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
    """The programmes of the seeds by the key of each of their names, except those of a phase."""
    found: dict[str, Row] = {}
    for row in rows("programmes.csv", "name"):
        for name in [row["name"], *row["aliases"].split("|")]:
            if not without_phase(key(name).split())[1]:
                found.setdefault(key(name), row)
    found.pop("", None)
    return found


@lru_cache(maxsize=1)
def plain_words() -> frozenset[str]:
    """Words for what is built, which alone name no project."""
    works = table("references.yaml")["descriptions"]
    words = [*works["works"], *works["umbrellas"], *table("references.yaml")["plain_project_words"]]
    return frozenset([*map(str, words), *(_normalized(str(word)) for word in words)])
