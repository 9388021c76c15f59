"""Finds the countries that act, their governments, and those of provinces: "Kuwaiti government", "Punjab will hire".

Most countries and provinces in the news are only locations, and "the government" is the nation's or a province's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.grammar import coordination, function, is_subject
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.stages.references.discourse import Discourse
from pipeline.stages.references.persons import names_a_government
from pipeline.values.gazetteer.institutions import leader_country, national_government
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import (
    alpha2,
    capital_of,
    country_of,
    name_by_country,
    place_country,
    subdivision_of,
)

_OWNED = re.compile(r"\s+of\s+(?:the\s+)?")
_ALWAYS = ("government", "govt", "administration")  # words that mean the country wherever they stand
_LOCAL = ("government", "cabinet", "administration")  # last words of local governments


def find_countries(view: ArticleView, discourse: Discourse) -> None:
    """Adds an actor for every country that is named twice or acts; countries in a dateline do not count."""
    by_code: dict[str, list[Mention]] = {}
    for mention in (one for one in view.mentions.labelled("COUNTRY") if not view.mentions.in_dateline(one)):
        code = country_of(view.mentions.name(mention)) or _state_named_before(view.mentions.key(mention), by_code)
        by_code.setdefault(code or view.mentions.key(mention), []).append(mention)
    for code, mentions in by_code.items():
        if len(mentions) > 1 or function(view.head(mentions[0])) in table("references.yaml")["acting_functions"]:
            actor(view, discourse, code, view.mentions.name(mentions[0]), mentions)


def _state_named_before(form: str, named: Iterable[str]) -> str | None:
    """The country that "the Kingdom" means: the only one of that form named before; None if there are several."""
    candidates = set(table("references.yaml")["state_forms"].get(form, ())).intersection(named)
    return candidates.pop() if len(candidates) == 1 else None


def actor(view: ArticleView, discourse: Discourse, code: str, otherwise: str, mentions: list[Mention]) -> Entity:
    """The actor of a country, made if there is none yet: by its name, or `otherwise` where no code is known."""
    entity = discourse.countries.get(code)
    if entity is None:
        country = code if len(code) == 3 and code.isupper() else None
        entity = discourse.countries[code] = Entity(_country_name(view, code, otherwise), "country", country=country)
    return discourse.add(entity, mentions)


def find_governments(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Links capitals, nationalities and "the government" to their countries."""
    for mention in view.mentions:
        if mention.label == "PLACE":
            _link_capital(view, discourse, mention)
        elif mention.label == "PERSON" and names_a_government(view, mention):
            _refer_administration(view, discourse, mention)
        elif mention.label in ("NORP", "COUNTRY"):
            _link_nationality(view, discourse, mention)
        elif mention.label == "ORG" and (code := national_government(view.mentions.name(mention), home)):
            actor(view, discourse, code, view.mentions.name(mention), [mention])
    _link_bare_governments(view, discourse, home)


def _link_capital(view: ArticleView, discourse: Discourse, mention: Mention) -> None:
    code = capital_of(view.mentions.name(mention))
    if code and _acts_as_government(view, mention):
        actor(view, discourse, code, view.mentions.name(mention), [mention])


def _acts_as_government(view: ArticleView, capital: Mention) -> bool:
    """Whether a capital acts; coordinated names act together, unless one is a place but no capital."""
    first, *others = coordination(view.head(capital))
    if not others:
        return view.acts(capital)
    named = [mention for token in (first, *others) if (mention := view.mentions.covering(token.idx))]
    if any(mention.label == "PLACE" and not capital_of(view.mentions.name(mention)) for mention in named):
        return False
    leads = view.mentions.covering(first.idx)
    return first.dep != "nsubjpass" and leads is not None and view.acts(leads)


def _refer_administration(view: ArticleView, discourse: Discourse, mention: Mention) -> None:
    """ "Trump administration" -> the country of that leader."""
    code = leader_country(view.mentions.name(mention))
    if code:
        end = view.text.index(" ", mention.end) + 1
        noun = next(token for token in view.words[view.head(mention).i :] if token.idx >= end)
        _refer_to(view, discourse, code, mention, noun)


def _link_nationality(view: ArticleView, discourse: Discourse, mention: Mention) -> None:
    """ "Kuwaiti government" -> Kuwait always, "Chinese officials" -> China where they are the subject.

    "The Chinese", as the subject, means China where that is an actor already.
    """
    code = place_country(view.mentions.name(mention))
    token = view.head(mention)
    noun = _noun_after(view, token)
    if code and noun and noun.lower in table("references.yaml")["government_words"]:
        if noun.lower in _ALWAYS or is_subject(noun):
            _refer_to(view, discourse, code, mention, noun)
    elif code in discourse.countries and mention.label == "NORP" and token.pos != "ADJ" and token.dep == "nsubj":
        discourse.link(mention, discourse.countries[code])


def _noun_after(view: ArticleView, token: Word) -> Word | None:
    """The word after a nationality or a possessive, unless it is in a mention."""
    after = view.words[token.i + 1 : token.i + 3]
    words = [word for word in after if word.tag != "POS"][:1]
    return words[0] if words and not view.mentions.covering(words[0].idx) else None


def _refer_to(view: ArticleView, discourse: Discourse, code: str, mention: Mention, noun: Word) -> None:
    end = noun.end
    entity = actor(view, discourse, code, view.text[mention.start : end], [])
    discourse.refer(mention.start, end, entity, confidence=0.9)


def _link_bare_governments(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Refers "the government" to its owner after "of", else to the province's named last, else to home."""
    every = [entity for entity in discourse.entities if is_local_government(entity)]
    for start, end in government_phrases(view):
        if owner := _owner_after(view, end):
            if code := country_of(view.mentions.name(owner)):
                unlinked = [owner] if discourse.meaning(owner) is None else []
                entity = actor(view, discourse, code, view.mentions.name(owner), unlinked)
                discourse.refer(start, owner.end, entity, confidence=0.9)
            continue
        local = local_government(discourse, every, start)
        bare = view.text[start:end].lower() in table("references.yaml")["bare_governments"]
        if local is not None and bare and home not in discourse.countries:
            discourse.refer(start, end, local, confidence=0.7)
        elif home is not None:
            discourse.refer(start, end, actor(view, discourse, home, view.text[start:end], []), confidence=0.8)


def _owner_after(view: ArticleView, end: int) -> Mention | None:
    """The country or place that owns the government which ends at `end`: "government of Kenya"."""
    found = _OWNED.match(view.text, end)
    owner = view.mentions.covering(found.end()) if found else None
    return owner if owner and owner.label in ("COUNTRY", "PLACE", "NORP") else None


def government_phrases(view: ArticleView) -> list[tuple[int, int]]:
    """Spans of "government" or "federal government" outside of mentions that do not say whose it is."""
    found = []
    phrases = table("references.yaml")["governments"]
    for token in view.unnamed(phrase.split()[-1] for phrase in phrases):
        start = _phrase_start(token.i, view, phrases)
        if start is not None and token.dep not in ("compound", "amod", "nmod"):
            found.append((view.words[start].idx, token.end))
    return found


def _phrase_start(index: int, view: ArticleView, phrases: list[str]) -> int | None:
    words = view.words
    for start in (index - 1, index):
        if start >= 0 and view.text[words[start].idx : words[index].end].lower() in phrases:
            return start if start == 0 or _stands_alone(words[start - 1], qualified=start < index) else None
    return None


def _stands_alone(before: Word, *, qualified: bool) -> bool:
    """Whether the word before does not say whose government it is; `qualified`: of "federal government"."""
    determiners = table("references.yaml")["government_determiners"]
    opens = before.pos in ("PUNCT", "SPACE", "ADP", "VERB", "CCONJ", "SCONJ")
    return before.lower in determiners or (qualified and before.lower == "a") or opens


def _country_name(view: ArticleView, code: str, otherwise: str) -> str:
    """The longest name that the article gives a country, else its short name, else `otherwise`."""
    mentions = (m for m in view.mentions.labelled("COUNTRY") if not view.mentions.in_dateline(m))
    names = [name for mention in mentions if country_of(name := view.mentions.name(mention)) == code]
    return max(names, key=len, default=name_by_country().get(code, otherwise))


def find_local_governments(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds provinces that act, and refers "the provincial government" to one of them, else to an actor of its own."""
    _link_provinces(view, discourse, home)
    every = [entity for entity in discourse.entities if is_local_government(entity)]
    phrases = _local_phrases(view)
    province = _only_province(view, home) if phrases else None
    for start, end in phrases:
        name = view.text[start:end].lower()
        named = local_government(discourse, every, start)
        if named is None and province and name in table("references.yaml")["of_one_province"]:
            named = _of_province(discourse, province, home)
        if named is None:
            named = discourse.add(Entity(name, "government", country=home))
        if named not in every:
            every.append(named)
        discourse.refer(start, end, named, confidence=0.8)


def _of_province(discourse: Discourse, province: str, home: str | None) -> Entity:
    """The government of a province: one that acts under its name, else an actor of its own."""
    acting = (
        entity for entity in discourse.entities if entity.kind == "government" and key(entity.name) == key(province)
    )
    return next(acting, None) or discourse.add(Entity(f"{province} government", "government", country=home))


def _only_province(view: ArticleView, home: str | None) -> str | None:
    """The only province of a country that the article names."""
    if home is None:
        return None
    names: dict[str, str] = {}
    for mention in view.mentions.labelled("PLACE"):
        if code := subdivision_of(view.mentions.name(mention), alpha2(home)):
            names.setdefault(code, view.mentions.name(mention))
    return names.popitem()[1] if len(names) == 1 else None


def _link_provinces(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Links a province that acts to the government of that name, else to an actor of its own; not a capital."""
    for mention in view.mentions.labelled("PLACE"):
        name = view.mentions.name(mention)
        if _is_province(name, home) and not capital_of(name) and view.acts(mention):
            own = (e for e in discourse.entities if e.kind == "government" and _is_of(e, key(name)))
            discourse.add(next(own, None) or Entity(name, "government", country=place_country(name, home)), [mention])


def _is_province(name: str, home: str | None) -> bool:
    return bool(subdivision_of(name) or (home and subdivision_of(name, alpha2(home))))


def _is_of(government: Entity, province: str) -> bool:
    """Whether it is the government of a province, perhaps under the province's name alone."""
    name = key(government.name)
    return name == province or (province in name and is_local_government(government))


def _local_phrases(view: ArticleView) -> list[tuple[int, int]]:
    phrases = table("references.yaml")["local_governments"]
    pairs = (
        (first, second)
        for first, second in pairwise(view.words)
        if second.lower.startswith(_LOCAL) and f"{first.lower} {second.lower}" in phrases
    )
    spans = [(first.idx, second.end) for first, second in pairs]
    return [(start, end) for start, end in spans if not view.mentions.overlaps(start, end)]


def local_government(discourse: Discourse, every: list[Entity], offset: int) -> Entity | None:
    """The local government named last before `offset`, else the only one of the article."""
    before = next((entity for _, _, entity in discourse.before(offset) if is_local_government(entity)), None)
    return before or (every[0] if len(every) == 1 else None)


def is_local_government(entity: Entity) -> bool:
    return entity.kind == "government" and "government" in entity.name.lower()
