"""Short names of capitals, in the text and as a long name would have them: NHA, National Highway Authority (NHA)."""

from __future__ import annotations

import re

from pipeline.doc import Mention
from pipeline.stages.references.reading import Reading


def is_acronym(name: str) -> bool:
    """Whether a name is one word, mostly capitals."""
    capitals = sum(letter.isupper() for letter in name)
    return " " not in name and capitals >= 2 and 2 * capitals >= sum(letter.isalpha() for letter in name)


def acronym_key(name: str) -> str:
    """An acronym without dots and dashes."""
    return re.sub(r"\W", "", name).lower()


def initials(name: str) -> list[str]:
    """The acronyms that a name would have: with and without its particles."""
    words = re.findall(r"[^\W\d_][\w'\u2019]*", name)
    if len(words) < 2:
        return []
    letters = "".join(word[0] for word in words if word[0].isupper()).lower()
    everything = "".join(word[0] for word in words).lower()
    return list({letters, everything})


def is_bracketed(reading: Reading, left: Mention, right: Mention) -> bool:
    """Whether `right` is an acronym in brackets straight after `left`: "X (Y)"."""
    return (
        reading.gap(left, right).strip() == "("
        and reading.text[right.end : right.end + 1] == ")"
        and " " not in reading.words(right)
    )
