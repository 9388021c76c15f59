"""Puts the names of projects and programmes together and tells a phase from its umbrella.

Hard because a project is named by what it does ("ML-1 railway modernization project", "the ML-1"), and "Phase II" alone
means the phase of whatever was spoken of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.doc import Entity, Mention
from pipeline.normalise.names import key
from pipeline.seeds import Row, rows, table
from pipeline.stages.references.acronyms import acronym_key, initials, is_acronym, is_bracketed
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.clusters import Clusters, grouped
from pipeline.stages.references.kinds import country_of_name
from pipeline.stages.references.organisations import fullest
from pipeline.stages.references.reading import Reading

_PHASE_OF = re.compile(r"\bphase of (?:the )?$", re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """A name of a project: its own words, the phase of it that is meant ("" for the whole), and the known umbrella."""

    core: tuple[str, ...]
    phase: str
    umbrella: str


def find_projects(reading: Reading, cast: Cast, home: str | None) -> None:
    """Adds every project and programme once, a phase apart from its umbrella, and umbrellas named only by a phase."""
    for label in ("PROGRAMME", "PROJECT"):
        for mentions in _groups(reading, label):
            names = [reading.words(mention) for mention in mentions]
            cast.add(_entity(reading, names, label == "PROGRAMME", mentions, home), mentions)
    _add_umbrellas(reading, cast, home)


def _groups(reading: Reading, label: str) -> list[list[Mention]]:
    mentions = reading.labelled(label)
    names = _names(reading, mentions)

    def unite(clusters: Clusters) -> None:
        clusters.unite_shared((n, form) for n, name in enumerate(names) for form in _forms(name))
        for n in range(len(mentions) - 1):
            same = names[n].phase == names[n + 1].phase and is_bracketed(reading, mentions[n], mentions[n + 1])
            if same or _is_bracketed_phase(reading, mentions[n], mentions[n + 1], names[n + 1]):
                clusters.unite(n, n + 1)
        whole = [(n, reading.words(m)) for n, m in enumerate(mentions) if not names[n].phase]
        clusters.unite_unique(
            [(n, acronym_key(text)) for n, text in whole if is_acronym(text)],
            ((n, form) for n, text in whole for form in initials(text)),
        )
        distinct = [(n, _distinct(name)) for n, name in enumerate(names)] if label == "PROJECT" else []
        clusters.unite_shared((n, form) for n, form in distinct)
        clusters.unite_unique(
            [(n, " ".join(name.core)) for n, name in enumerate(names) if _may_shorten(name)],
            ((n, form) for n, name in enumerate(names) for form in _parts(name)),
        )
        _unite_plain(names, clusters)

    return grouped(mentions, unite)


def _distinct(name: Name) -> str:
    """The words of a name that only it can have, if there are two: places, numbers; with what is built."""
    words = sorted({word for word in name.core if word not in _plain()})
    return f"{' '.join(words)}#{name.phase}" if len(words) > 1 else ""


def _unite_plain(names: list[Name], clusters: Clusters) -> None:
    """ "Budget" or "railway" alone: the one before it of which the word is part."""
    last: dict[str, int] = {}
    for n, name in enumerate(names):
        if len(name.core) == 1 and name.core[0] in _plain() and not name.phase and name.core[0] in last:
            clusters.unite(n, last[name.core[0]])
        last.update(dict.fromkeys(name.core, n))


def _names(reading: Reading, mentions: list[Mention]) -> list[Name]:
    """The names with a bare "Phase II" given to the umbrella spoken of last, else to the next one."""
    names = [parsed(reading.words(mention)) for mention in mentions]
    for n, name in enumerate(names):
        if name.phase and not name.core:
            owner = next((o for o in [*reversed(names[:n]), *names[n + 1 :]] if o.core), None)
            if owner:
                names[n] = Name(owner.core, name.phase, owner.umbrella)
    return _with_numbers(names)


def _with_numbers(names: list[Name]) -> list[Name]:
    """ "Next phase" has the number of the one numbered phase, above the first, that the article speaks of."""
    numbered: dict[object, set[str]] = {}
    for name in names:
        if name.phase not in ("", "1", "next", "last"):
            numbered.setdefault(name.umbrella or name.core, set()).add(name.phase)
    return [
        Name(name.core, min(known), name.umbrella)
        if name.phase == "next" and len(known := numbered.get(name.umbrella or name.core, set())) == 1
        else name
        for name in names
    ]


@lru_cache(maxsize=10_000)
def parsed(text: str) -> Name:
    """The name in its parts: "second phase of the CPEC", "CPEC 2.0" and "CPEC Phase II" are phase 2 of one core."""
    words = key(re.sub(r"(\D)2\.0\b", r"\1phase 2", text)).split()
    words, phase = _without_phase(words)
    while words and words[0] in ("of", "the", "for"):
        words = words[1:]
    generic = table("references.yaml")["generic_project_words"]
    core = tuple(word for word in words if word not in generic)
    known = _programmes().get(" ".join(words)) or _programmes().get(" ".join(core))
    return Name(core, phase, known["name"] if known and _is_same(text, words, known["name"]) else "")


def _is_same(text: str, words: list[str], umbrella: str) -> bool:
    """Whether an alias is but another spelling of the umbrella, and not a branch of it ("Digital Silk Road")."""
    return any(is_acronym(part) for part in text.split()) or set(words) <= set(key(umbrella).split()) or "one" in words


def _without_phase(words: list[str]) -> tuple[list[str], str]:
    ordinals = table("references.yaml")["ordinals"]
    for n, word in enumerate(words):
        if word not in table("references.yaml")["phase_words"]:
            continue
        if n + 1 < len(words) and (words[n + 1].isdigit() or words[n + 1] in ordinals):
            return words[:n] + words[n + 2 :], str(ordinals.get(words[n + 1], words[n + 1]))
        if n and words[n - 1] in ordinals:
            return words[: n - 1] + words[n + 1 :], str(ordinals[words[n - 1]])
    return words, ""


def _forms(name: Name) -> list[str]:
    """Strong forms: the umbrella or the words of the core, with the phase."""
    forms = [f"{' '.join(sorted(name.core))}#{name.phase}"] if name.core else []
    return [*forms, *([f"={name.umbrella}#{name.phase}"] if name.umbrella else [])]


def _may_shorten(name: Name) -> bool:
    return (
        bool(name.core)
        and not name.phase
        and (len(name.core) > 1 or len(name.core[0]) > 2)
        and (len(name.core) > 1 or name.core[0] not in _plain())
    )


def _parts(name: Name) -> Iterator[str]:
    """Runs of the core's words, by which the same project may go for short."""
    if name.phase:
        return
    for start in range(len(name.core)):
        for end in range(start + 1, len(name.core) + 1):
            if end - start < len(name.core):
                yield " ".join(name.core[start:end])


@lru_cache(maxsize=1)
def _plain() -> frozenset[str]:
    """Words for what is built, which alone name no project."""
    works = table("references.yaml")["descriptions"]
    return frozenset([*works["works"], *works["umbrellas"], *table("references.yaml")["plain_project_words"]])


def _is_bracketed_phase(reading: Reading, left: Mention, right: Mention, name: Name) -> bool:
    """ "second phase of the corridor (CPEC 2.0)": one, unless the words before were taken for the whole alone."""
    bracketed = reading.gap(left, right).strip() == "(" and reading.text[right.end : right.end + 1] == ")"
    return bool(name.phase) and bracketed and not _PHASE_OF.search(reading.text, max(0, left.start - 20), left.start)


@lru_cache(maxsize=1)
def _programmes() -> dict[str, Row]:
    """The known programmes, by the key of each of their names that is not a phase's."""
    known: dict[str, Row] = {}
    for row in rows("programmes.csv", "name"):
        for name in [row["name"], *row["aliases"].split("|")]:
            if not _without_phase(key(name).split())[1]:
                known.setdefault(key(name), row)
    known.pop("", None)
    return known


def _entity(reading: Reading, names: list[str], programme: bool, mentions: list[Mention], home: str | None) -> Entity:
    told = parsed(fullest(names))
    name = _umbrella_name(reading, told.umbrella) if told.umbrella and not told.phase else fullest(names)
    return Entity(name, None, programme=programme, countries=_countries(reading, names, mentions, home))


def _countries(reading: Reading, names: list[str], mentions: list[Mention], home: str | None) -> list[str]:
    known = next((row for name in names if (row := _row(name))), None)
    if known:
        return [code for code in known["countries"].split("|") if code]
    told = [code for name in names for code in _all_countries(name)]
    return list(dict.fromkeys(told)) or ([home] if home else [])


def _row(name: str) -> Row | None:
    umbrella = parsed(name).umbrella
    return _programmes().get(key(umbrella)) if umbrella else None


def _all_countries(name: str) -> list[str]:
    found = (country_of_name(part) for part in re.split(r"[-\u2013/ ]", name))
    return [*dict.fromkeys(code for code in (*found, country_of_name(name)) if code)]


def _add_umbrellas(reading: Reading, cast: Cast, home: str | None) -> None:
    """A programme of which only a phase is named is there all the same."""
    programmes = [e for e in cast.entities if not e.is_actor and e.programme]
    known = {parsed(e.name).umbrella for e in programmes if not parsed(e.name).phase}
    for mention in reading.labelled("PROGRAMME"):
        name = parsed(reading.words(mention))
        if name.phase and name.umbrella and name.umbrella not in known:
            known.add(name.umbrella)
            countries = _countries(reading, [name.umbrella], [], home)
            umbrella = Entity(_umbrella_name(reading, name.umbrella), None, programme=True, countries=countries)
            cast.add(umbrella)
            cast.note(mention.start, mention.end, umbrella)


def _umbrella_name(reading: Reading, umbrella: str) -> str:
    """The known name where the article has it, else the shortest alias that stands in the article."""
    row = _programmes()[key(umbrella)]
    text = reading.text
    names = [name for name in [row["name"], *row["aliases"].split("|")] if name and name in text]
    return names[0] if names else umbrella
