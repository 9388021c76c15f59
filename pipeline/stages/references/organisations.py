"""Groups the names of organisations: long form and acronym, word order, legal form, with or without country.

A wrong merge costs more than a missed one: "Finance Department" of two provinces are two. Some bodies only an office
names: "WAPDA Chairman", "DG Customs". Who only carried the news, media and bylines, is none.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.mentions import agencies
from pipeline.stages.document.view import ArticleView
from pipeline.stages.references.clusters import Clusters, grouped
from pipeline.stages.references.discourse import Discourse
from pipeline.stages.references.origins import country_before, country_beside, owner_meant
from pipeline.values.gazetteer.institutions import (
    country_of_name,
    head_of,
    institution,
    kind_of,
    known_as,
    national_government,
    parent,
    states_kind,
)
from pipeline.values.gazetteer.names import acronym_key, initials, key, looks_like_acronym, without_legal_form
from pipeline.values.gazetteer.places import place_country

_LEAST_CONFIDENCE = 0.5  # of a mention
CONFIDENCE = 0.9  # that words of an office mean the organisation
_WORD = re.compile(r"[^\s()]+")
_BRACKETED = re.compile(r"(.*\S)\s*\(([^\s()]+)", re.S)


def find_organisations(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds an actor for every organisation that does more than report, with those that only an office names."""
    bodies = list(_bodies_in_offices(view))
    inside, near = {id(body) for body in bodies}, _near(view, home)
    for mentions in organisation_clusters(view, bodies, near):
        if national_government(view.mentions.name(mentions[0]), home):
            continue
        own = [mention for mention in mentions if id(mention) not in inside]
        if not own:
            entity = discourse.add(_entity(view, mentions, home, near))
            for body in mentions:
                discourse.refer(body.start, body.end, entity, confidence=body.confidence)
        elif not all(is_credit(view, mention) for mention in own) and not _is_doubtful(view, own):
            entity = discourse.add(_entity(view, own, home, near), own)
            for body in (mention for mention in mentions if id(mention) in inside):
                discourse.note(body.start, body.end, entity)


def _near(view: ArticleView, home: str | None) -> tuple[str, ...]:
    """The article's home country and then the countries that it names, in order."""
    named = (place_country(view.mentions.name(m), home) for m in view.mentions.labelled("COUNTRY", "NORP", "PLACE"))
    return tuple(dict.fromkeys(code for code in (home, *named) if code))


def _is_doubtful(view: ArticleView, mentions: list[Mention]) -> bool:
    """Whether it is named once, with low confidence, and its name does not state a kind of organisation."""
    name = view.mentions.name(mentions[0])
    once = len(mentions) == 1 and mentions[0].confidence < _LEAST_CONFIDENCE
    return once and (not states_kind([name]) or (" " not in name and not institution([name])))


def organisation_clusters(view: ArticleView, bodies: Sequence[Mention], near: Sequence[str]) -> list[list[Mention]]:
    """The ORG mentions, and `bodies` that stand inside of other mentions, by organisation."""
    mentions = sorted([*view.mentions.labelled("ORG"), *bodies], key=lambda mention: mention.start)
    names = [view.mentions.name(mention) for mention in mentions]

    def unite(clusters: Clusters) -> None:
        clusters.unite_shared((n, form) for n, name in enumerate(names) for form in strong_forms(name, near))
        for n in range(len(mentions) - 1):
            if view.mentions.is_bracketed(mentions[n], mentions[n + 1]):
                clusters.unite(n, n + 1)
        acronyms = [(n, acronym_key(name)) for n, name in enumerate(names) if looks_like_acronym(name)]
        clusters.unite_unique(acronyms, ((n, form) for n, name in enumerate(names) for form in initials(name)))
        plain = [(n, " ".join(core(name))) for n, name in enumerate(names)]
        clusters.unite_unique(plain, ((n, form) for n, name in enumerate(names) for form in _shortened(name)))
        heads = [head_of(name) for name in names]
        able = [bool(head) and not institution([name]) for name, head in zip(names, heads, strict=True)]
        clusters.unite_shorter(
            names, [_full_words(name) for name in names], lambda n, o: able[n] and heads[n] == heads[o]
        )

    return grouped(mentions, unite)


def strong_forms(name: str, near: Sequence[str]) -> list[str]:
    """Forms that only the same organisation shares: its key, its words in any order, its name in the seeds."""
    words, row = _full_words(name), known_as(name, near)
    bag = " ".join(sorted(words)) if len(words) > 1 or not words & _common() else ""
    return [key(name), bag, f"={row['name']} {row['country']}" if row else ""]


def core(name: str) -> list[str]:
    """The words of a name without particles and legal form: "Arif Habib Corp." -> [arif, habib]."""
    words = key(without_legal_form(name)).split()
    return [word for word in words if word not in table("references.yaml")["stop_words"]]


def fullest(names: list[str]) -> str:
    """The name of most words; of equals the longest, then the first."""
    return max(names, key=lambda name: (len(name.split()), len(name)))


def _shortened(name: str) -> Iterator[str]:
    """Shorter names that the same organisation may go by: without its country, first word alone of a company."""
    words = core(name)
    for country, rest in ((words[0], words[1:]), (words[-1], words[:-1])) if len(words) > 1 else ():
        if place_country(country):
            yield " ".join(rest)
    for end in range(1, len(words)):
        common = set(words[:end]) & _common()
        if len(common) < min(end, 2) and not place_country(" ".join(words[:end])):
            yield " ".join(words[:end])


def _full_words(name: str) -> frozenset[str]:
    """The words of a name, abbreviations in full."""
    full = table("references.yaml")["body_abbreviations"]
    return frozenset(full.get(word, word) for word in core(name))


@cache
def _common() -> frozenset[str]:
    """Words that alone name no organisation: "ministry", "bank", "national"."""
    heads = {word for words in table("references.yaml")["kinds"].values() for word in words}
    return frozenset(heads | set(table("references.yaml")["common_words"]))


def _entity(view: ArticleView, mentions: list[Mention], home: str | None, near: Sequence[str]) -> Entity:
    written = (view.mentions.name(mention) for mention in mentions)
    names = sorted(set(written), key=lambda name: (-len(name), name))
    kind = kind_of(names, near)
    row = institution(names, near)
    country = (row["country"] if row else None) or _country(view, names, mentions, home)
    return Entity(fullest(names), kind, country=None if kind == "multilateral" else country)


def _country(view: ArticleView, names: list[str], mentions: list[Mention], home: str | None) -> str | None:
    """The country of a body that is unknown, or known in several countries."""
    inside = filter(None, (country_of_name(name, home) for name in names))
    beside = next(inside, None) or country_before(view, mentions) or country_beside(view, mentions)
    meant = (owner_meant(view, mention) for mention in mentions)
    owners = (place_country(view.mentions.name(owner)) for owner in meant if owner and owner.label == "COUNTRY")
    firm = parent(names)
    return beside or next(owners, None) or (firm["country"] if firm else home)


def _bodies_in_offices(view: ArticleView) -> Iterator[Mention]:
    """The organisations in offices, as mentions inside of other mentions."""
    for role in view.mentions.labelled("ROLE"):
        words = [match.span() for match in _WORD.finditer(view.text, role.start, role.end)]
        names = (p for p in _candidates(view.text, words) if _is_name(" ".join(view.text[slice(*p)].split())))
        for start, end in islice(names, 1):
            parts = _BRACKETED.fullmatch(view.text, start, end)  # a name and, apart from it, its short form
            for span in (parts.span(1), parts.span(2)) if parts else ((start, end),):
                yield Mention("ORG", *span, role.sentence, CONFIDENCE, "office")


def _candidates(text: str, words: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that may name an organisation: the words before the title, the longest first, then those after it."""
    lower = [text[slice(*span)].strip(",.;").lower() for span in words]
    titles = [n for n, word in enumerate(lower) if word in _titles()["heads"]]
    for end in range(min([*titles, len(words) - 1]), 0, -1):
        if lower[end - 1] not in _titles()["qualifiers"]:  # "General" Secretary, "Managing" Director
            yield words[0][0], words[end - 1][1]
    if titles == [0] and len(words) > 1:
        yield words[1][0], words[-1][1]


def _is_name(words: str) -> bool:
    if not words[0].isupper() or place_country(words):
        return False
    has_kind = " " in words and states_kind([words])
    return has_kind or institution([words]) is not None or (looks_like_acronym(words) and words.isalpha())


@cache
def _titles() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in table("references.yaml")["offices"].items()}


def is_credit(view: ArticleView, mention: Mention) -> bool:
    """Whether it is a medium, signs a dateline, stands in a line of credits or is a person among names alone."""
    lists, line = table("references.yaml"), view.sentence_text(mention).lower()
    signs = any(view.text[start:end] == view.mentions.name(mention) for start, end in agencies(view.text))
    if signs or view.mentions.key(mention) in lists["media"] or any(word in line for word in lists["credit_words"]):
        return True
    labels, beside = view.mentions.around(mention.sentence)  # "By A and B", "(Agency/A)"
    return mention.label == "PERSON" and "ROLE" not in labels and beside <= set(lists["byline_words"])
