"""Names as they are compared: keys, spellings, acronyms, titles, legal forms, renamed organisations."""

import re
import unicodedata
from functools import lru_cache

from pipeline.seeds import rows, split, table
from pipeline.values.numbers import any_case

APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'"})
_LEADING = re.compile(r"^(?:the|a|an)\s+")
_POSSESSIVE = re.compile(r"'s?$")
_SIGNS = re.compile(r"(?:[^\w$%]|_)+")


@lru_cache(maxsize=20_000)
def key(name: str) -> str:
    """The key by which names are compared: NFKC, lower case, no leading article, no trailing 's, no signs but $ and %.

    The empty string where nothing is left.
    """
    text = unicodedata.normalize("NFKC", name).lower().translate(APOSTROPHES).strip()
    text = _POSSESSIVE.sub("", _LEADING.sub("", text))
    return _SIGNS.sub(" ", text).strip()


def is_acronym(short: str, long: str) -> bool:
    """Whether `short` consists of first letters of `long`: "NHA", "MoU", "SUPARCO"; of, and, the, for may be skipped.

    Every other word gives at least its initial and at most its first three letters ("CO" of "Commission").
    """
    letters = "".join(c for c in short if c.isalnum())
    if sum(c.isupper() for c in letters) < 2 or len(letters) > _LONGEST or " " in short.strip():
        return False
    words = [word.lower() for word in re.findall(r"\w+", long.translate(APOSTROPHES).replace("'s", ""))]
    plural = letters[:-1] if letters.endswith("s") else letters
    return len(words) > 1 and any(_spells(form.lower(), words) for form in (letters, plural))


def is_acronym_of(short: str, long: str) -> bool:
    """Whether `short` is an acronym of `long`, with its legal form or without: "PPL", "HBL"."""
    return is_acronym(short, long) or is_acronym(short, without_legal_form(long))


_LONGEST = 12  # letters of an acronym
_SKIPPED = frozenset({"of", "and", "the", "for", "in", "on", "to", "at"})


def _spells(letters: str, words: list[str]) -> bool:
    if not words or not letters:
        return not letters and all(word in _SKIPPED for word in words)
    if words[0] in _SKIPPED and _spells(letters, words[1:]):
        return True
    return any(
        words[0].startswith(letters[:n]) and _spells(letters[n:], words[1:]) for n in (1, 2, 3) if n <= len(letters)
    )


def spelled(word: str) -> str:
    """The spelling that stands for all variants of a word in lower case: "mohammad" -> "muhammad"."""
    return _variants().get(word, word)


@lru_cache(maxsize=1)
def _variants() -> dict[str, str]:
    found = rows("name_variants.csv", "name", "variants")
    return {variant: row["name"] for row in found for variant in split(row["variants"])}


def unaccented(text: str) -> str:
    """The text without accents and other marks: "Erdoğan" -> "Erdogan"."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def name_of_today(name: str, country: str) -> str:
    """The present name of a renamed organisation of a country (ISO 3166-1 alpha-3); the same name for all others."""
    found = _renamed().get((key(name), country))
    return name_of_today(found, country) if found else name


@lru_cache(maxsize=1)
def _renamed() -> dict[tuple[str, str], str]:
    found = rows("renamed.csv", "old", "new", "country", "year", "how", "source")
    return {(key(row["old"]), row["country"]): row["new"] for row in found if row["how"] == "renamed"}


def without_honorifics(name: str) -> str:
    """The name without titles and ranks: "Lt Gen (retd) Dr X Y" -> "X Y". A name that is all titles stays as it is."""
    rest = " ".join(name.split())
    while True:
        shorter = _titles().sub("", rest).strip(" ,")
        if shorter == rest or not shorter:
            return rest
        rest = shorter


def surname(name: str) -> str:
    """The part of a name that news repeats alone: "Ahsan Iqbal" -> "Iqbal", "Xi Jinping" -> "Xi", "bin Salman"."""
    lexicon = table("honorifics.yaml")
    words = without_honorifics(name).split()
    if len(words) > 1 and words[-1].rstrip(".") in lexicon["suffixes"]:
        words.pop()
    if 1 < len(words) < 4 and words[0] in lexicon["surname_first"]:
        return words[0]
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in lexicon["particles"]:
        start -= 1
    return " ".join(words[max(start, 0) :])


@lru_cache(maxsize=10_000)
def without_legal_form(name: str) -> str:
    """A company's name without "Limited", "(Pvt) Ltd", "PT" ...; as it is where only general words would be left."""
    general = frozenset(table("legal_forms.yaml")["needed_by"])
    rest = " ".join(name.split())
    while True:
        shorter = _legal_forms().sub("", rest).strip(" ,&-")
        if shorter == rest or set(shorter.lower().split()) <= general:
            return rest
        rest = shorter


@lru_cache(maxsize=1)
def _titles() -> re.Pattern[str]:
    lexicon = table("honorifics.yaml")
    before, after = any_case(lexicon["before"]), any_case(lexicon["after"])
    inner = any_case(word for word in lexicon["after"] if word.startswith("("))
    return re.compile(rf"^(?:{before}(?:\.\s*|\s+|$)|{inner}\s*)|[\s,]+{after}\.?$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _legal_forms() -> re.Pattern[str]:
    lexicon = table("legal_forms.yaml")
    ending = rf"[\s,]+\(?{any_case(lexicon['forms'])}\)?[.,]*$"
    return re.compile(rf"{ending}|^{any_case(lexicon['leading'])}\.?\s+(?=\S+\s)", re.IGNORECASE)


_LEAST, _LONGEST_BLEND = 2, 16  # letters of each word in a blend of words, and of the blend


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
    return list(dict.fromkeys((letters, everything)))


def is_shorter_name(short: str, name: str) -> bool:
    """Whether each word of `short` is in the name, or blends words of it: "China Eximbank"."""
    words = key(name).split()
    own = key(short).split()
    return len(own) < len(words) and all(word in words or _is_blend(word, words) for word in own)


def _is_blend(word: str, words: list[str]) -> bool:
    """Whether a word joins the beginnings of consecutive words: "exim" of "export import"."""
    return len(word) <= _LONGEST_BLEND and any(_begins(word, words[start:]) for start in range(len(words) - 1))


def _begins(letters: str, words: list[str]) -> bool:
    if not letters or not words:
        return not letters
    lengths = range(_LEAST, min(len(letters), len(words[0])) + 1)
    return any(words[0].startswith(letters[:n]) and _begins(letters[n:], words[1:]) for n in lengths)
