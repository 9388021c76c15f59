"""Finds the country of a body or person by the words beside the name: "Egypt's Central Bank", "Austrian firm X".

A nationality may stand there for other reasons, so the words between must describe the name.
"""

import re
from collections.abc import Iterable
from functools import cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Mention
from pipeline.stages.document.grammar import is_subject
from pipeline.stages.document.mentions import is_owned
from pipeline.stages.document.view import ArticleView
from pipeline.values.gazetteer.places import place_country
from pipeline.values.numbers import any_case

_OF, _ALSO = re.compile(r" of (?:the )?"), re.compile(r", an? ")
_ITS = re.compile(r"\b(?:[Ii]ts|[Tt]he (?P<body>\w+)['\u2019]s) (?:\w+ )?\Z")
_BACK = 12  # mentions before a name that "its" may mean
_NEAR = 40  # characters searched beside a name
_MOST = 3  # words between a nationality and a name
_DESCRIBING = ("ADJ", "NOUN", "PUNCT")  # their parts of speech
_DELEGATION, _NATION = 150, 30  # characters searched: before a person, and before "delegation"


def country_before(view: ArticleView, mentions: Iterable[Mention]) -> str | None:
    """The country straight before a name: "Chinese Huawei", "Egypt's Central Bank"."""
    for mention in mentions:
        before = view.mentions.covering(mention.start - 2) or view.mentions.covering(mention.start - 4)
        if before and before.label in ("NORP", "COUNTRY", "PLACE") and is_owned(view.mentions.gap(before, mention)):
            return place_country(view.mentions.name(before))
    return None


def country_beside(view: ArticleView, mentions: Iterable[Mention]) -> str | None:
    """The country a little before a name, or after it: "Austrian firm X", "X of Spain", "X, a Japanese builder"."""
    beside = (other for mention in mentions for other in (_before(view, mention), _behind(view, mention)))
    return next((place_country(view.mentions.name(other)) for other in beside if other), None)


def owner_meant(view: ArticleView, mention: Mention) -> Mention | None:
    """The country or body that "its" or "the bank's" before a name means: "Kenya refused. Its Ministry of Trade"."""
    meant = _ITS.search(view.text, max(0, mention.start - _NEAR), mention.start)
    if meant is None:
        return None
    at = view.mentions.position(mention)
    before = [one for one in view.mentions[max(0, at - _BACK) : at] if mention.sentence - one.sentence <= 1]
    named = [one for one in before[::-1] if one.label in ("COUNTRY", "ORG")]
    if meant["body"]:
        return next((one for one in named if one.label == "ORG"), None)
    return next((one for one in named if is_subject(view.head(one))), None)


def country_led_for(view: ArticleView, person: Mention) -> str | None:
    """The nation of the delegation that a person leads: "a Kenyan trade delegation led by Deputy Minister A"."""
    led = _led().search(view.text, max(0, person.start - _DELEGATION), person.start)
    before = view.mentions.inside(max(0, led.start() - _NATION), led.start()) if led else []
    named = [mention for mention in before if mention.label in ("NORP", "COUNTRY")]
    return place_country(view.mentions.name(named[-1])) if named else None


@cache
def _led() -> re.Pattern[str]:
    lists = table("references.yaml")["delegations"]
    led = rf"\b{any_case(lists['groups'])}\b[^.;]{{0,25}}?\b{any_case(lists['led'])}\b[^.;]*\Z"
    return re.compile(led)


def _before(view: ArticleView, mention: Mention) -> Mention | None:
    near = view.mentions.inside(max(0, mention.start - _NEAR), mention.start)
    return near[-1] if near and near[-1].label == "NORP" and _describes(view, near[-1].end, mention.start) else None


def _behind(view: ArticleView, mention: Mention) -> Mention | None:
    for near in view.mentions.inside(mention.end, mention.end + _NEAR)[:1]:
        link = {"COUNTRY": _OF, "PLACE": _OF, "NORP": _ALSO}.get(near.label)
        return near if link and link.fullmatch(view.mentions.gap(mention, near)) else None
    return None


def _describes(view: ArticleView, start: int, end: int) -> bool:
    """Whether the words between a nationality and a name describe it: " firm ", " wind-farm developer "."""
    words = view.text[start:end].split()
    if not 0 < len(words) <= _MOST or not "".join(words).replace("-", "").isalpha():
        return False
    tokens = view.words_in(start + 1, end - 1)
    return tokens[-1].pos == "NOUN" and all(token.pos in _DESCRIBING for token in tokens)
