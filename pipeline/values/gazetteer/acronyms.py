"""Acronyms: whether a name is one, and those that a long name would have (National Highway Authority: NHA)."""

from __future__ import annotations

import re

from pipeline.values.gazetteer.names import key

_LEAST, _LONGEST = 2, 16  # letters of each word in a blend of words, and of the blend


def looks_like_acronym(name: str) -> bool:
    """Whether a name is one word, mostly capitals."""
    capitals = sum(letter.isupper() for letter in name)
    return " " not in name and capitals >= 2 and 2 * capitals >= sum(letter.isalpha() for letter in name)


def acronym_key(name: str) -> str:
    """An acronym without dots and dashes."""
    return re.sub(r"\W", "", name).lower()


def initials(name: str) -> list[str]:
    """The acronyms that a name would have, with and without its particles."""
    words = re.findall(r"[^\W\d_][\w'\u2019]*", name)
    if len(words) < 2:
        return []
    letters = "".join(word[0] for word in words if word[0].isupper()).lower()
    everything = "".join(word[0] for word in words).lower()
    return list({letters, everything})


def is_shorter_name(short: str, name: str) -> bool:
    """Whether each word of `short` is in the name, or blends words of it: "China Eximbank"."""
    words = key(name).split()
    own = key(short).split()
    return len(own) < len(words) and all(word in words or _is_blend(word, words) for word in own)


def _is_blend(word: str, words: list[str]) -> bool:
    """Whether a word joins the beginnings of consecutive words: "exim" of "export import"."""
    return len(word) <= _LONGEST and any(_begins(word, words[start:]) for start in range(len(words) - 1))


def _begins(letters: str, words: list[str]) -> bool:
    if not letters or not words:
        return not letters
    lengths = range(_LEAST, min(len(letters), len(words[0])) + 1)
    return any(words[0].startswith(letters[:n]) and _begins(letters[n:], words[1:]) for n in lengths)
