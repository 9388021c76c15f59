"""Code lists: the CRS purpose (OECD DAC, five digits) of a project by its name, and statuses in IATI and AidData.

Most names of projects say too little, and have no purpose. The words and pairs of words are also the features of the
classifier of sectors, in training and reading alike.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.record import Status
from pipeline.seeds import rows, table

_WORD = re.compile(r"\b[2-6]g\b|[a-z][a-z0-9]*")


def words(text: str) -> list[str]:
    """Lower-case words without plural s, stop words and numbers; "Belt and Road" gives belt, road, "157MW" mw."""
    found, stop_words = map(singular, _WORD.findall(text.lower())), _stop_words()
    return [word for word in found if word not in stop_words]


def with_pairs(found: list[str]) -> list[str]:
    """The words, then each pair of neighbours, joined by a space."""
    return found + [f"{first} {second}" for first, second in pairwise(found)]


def features(text: str) -> list[str]:
    """The words and pairs of a text that the sector model counts."""
    return with_pairs(words(text))


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """An English noun in lower case without its plural s; any other word as it is."""
    if len(word) < 4 or not word.endswith("s") or word[-2] in "siu":
        return word
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return f"{word[:-3]}y" if word.endswith("ies") and len(word) > 4 else word[:-1]


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return frozenset(singular(word) for word in table("sectors.yaml")["stop_words"])


THRESHOLD = 0.5
_PLACE = re.compile(r"\b(?:at|in|near|to|from|between|over|across|along)\b|[.;:]", re.IGNORECASE)


def purpose(text: str, sectors: Iterable[str] = (), threshold: float = THRESHOLD) -> tuple[str, float] | None:
    """The purpose of a project by its name and description, with its probability; None below the threshold.

    `sectors`: the 3-digit categories of the project (`Sector.code`), the main one first, where they are known. The last
    term before the place decides between two: "port expressway" is a road, "coal plant at a port" a plant.
    `seeds/purposes.yaml` has the probabilities, by the share of all terms and by whether the sectors agree.
    """
    hits = Counter(_hits(words(text)))
    if not hits:
        return None
    known, order, lists = tuple(sectors), list(hits), table("purposes.yaml")
    agrees = {code: lists["purposes"][code]["sector"] in known for code in order}
    subject = [None, *_hits(words(_PLACE.split(text, maxsplit=1)[0]))][-1]
    code = min(order, key=lambda code: (not agrees[code], -hits[code], code != subject, order.index(code)))
    agreement = "unknown" if not known else "agree" if agrees[code] else "differ"
    share = hits[code] / hits.total()
    confidence = float(lists["confidence"][agreement]["alone" if share == 1 else "most" if share > 0.5 else "some"])
    return (code, confidence) if confidence >= threshold else None


def _hits(text: list[str]) -> Iterator[str]:
    """The purposes of the terms in a text, in their order; of terms that overlap the first, then the longer."""
    terms, longest = _terms()
    at = 0
    while at < len(text):
        length = next((n for n in range(longest, 0, -1) if tuple(text[at : at + n]) in terms), 0)
        if length:
            yield terms[tuple(text[at : at + length])]
        at += length or 1


@lru_cache(maxsize=1)
def _terms() -> tuple[dict[tuple[str, ...], str], int]:
    """Each term as words -> its purpose, and the length of the longest."""
    purposes = table("purposes.yaml")["purposes"]
    found = {tuple(words(term)): code for code, row in purposes.items() for term in row["sure"]}
    return found, max(map(len, found))


@dataclass(frozen=True)
class Standing:
    """A row of `seeds/statuses.csv`, which names the code lists."""

    activity_status: int
    aiddata_stage: str
    activity_date: int


def standing(status: Status) -> Standing:
    """The codes of a status."""
    return _standings()[status]


def stages() -> tuple[str, ...]:
    """The stages of AidData, in the order of a project's life."""
    return tuple(dict.fromkeys(known.aiddata_stage for known in _standings().values()))


@lru_cache(maxsize=1)
def _standings() -> dict[str, Standing]:
    return {
        row["status"]: Standing(int(row["activity_status"]), row["aiddata_stage"], int(row["activity_date"]))
        for row in rows("statuses.csv", "status", "activity_status", "aiddata_stage", "activity_date")
    }
