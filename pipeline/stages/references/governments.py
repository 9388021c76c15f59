"""Finds the countries that act, their governments, and those of provinces: "Kuwaiti government", "Punjab will hire".

Most countries and provinces in the news are only locations, and "the government" is the nation's or a province's.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.grammar import coordination, function, is_subject
from pipeline.stages.document.view import ArticleView
from pipeline.stages.references.discourse import Discourse, Wanted
from pipeline.stages.references.persons import ADMINISTRATION
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

LOCAL = Wanted(("government",), "government")  # what the government of a province must be
_OWNED = re.compile(r"\s+of\s+(?:the\s+)?")
_ALWAYS = ("government", "govt", "administration")  # words that mean the country wherever they stand
_OPENING = ("PUNCT", "SPACE", "ADP", "VERB", "CCONJ", "SCONJ")  # of a word that does not say whose government it is
_LOCAL = ("government", "cabinet", "administration")  # last words of local governments


def find_countries(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds an actor for every country that is named twice or acts; countries in a dateline do not count."""
    by_code: dict[str, list[Mention]] = {}
    for mention in view.mentions.labelled("COUNTRY"):
        if not view.mentions.in_dateline(mention):
            form = view.mentions.key(mention)
            so_called = [code for code in by_code if code in table("references.yaml")["state_forms"].get(form, ())]
            of_form = so_called[0] if len(so_called) == 1 else form  # "the Kingdom": the only one named before
            by_code.setdefault(country_of(view.mentions.name(mention)) or of_form, []).append(mention)
    for code, mentions in by_code.items():
        if len(mentions) > 1 or function(view.head(mentions[0])) in table("references.yaml")["acting_functions"]:
            actor(view, discourse, code, view.mentions.name(mentions[0]), mentions)


def actor(view: ArticleView, discourse: Discourse, code: str, otherwise: str, mentions: list[Mention]) -> Entity:
    """The actor of a country, made if there is none yet: by its name, or `otherwise` where no code is known."""
    entity = discourse.countries.get(code)
    if entity is None:
        country = code if len(code) == 3 and code.isupper() else None
        entity = discourse.countries[code] = Entity(_country_name(view, code, otherwise), "country", country=country)
    return discourse.add(entity, mentions)


def _country_name(view: ArticleView, code: str, otherwise: str) -> str:
    """The longest name that the article gives a country, else its short name, else `otherwise`."""
    mentions = (m for m in view.mentions.labelled("COUNTRY") if not view.mentions.in_dateline(m))
    names = [name for mention in mentions if country_of(name := view.mentions.name(mention)) == code]
    return max(names, key=len, default=name_by_country().get(code, otherwise))


def find_governments(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Links capitals, nationalities and "the government" to their countries."""
    for mention in view.mentions:
        name = view.mentions.name(mention)
        match mention.label:
            case "PLACE" if (code := capital_of(name)) and _acts_as_government(view, mention):
                actor(view, discourse, code, name, [mention])
            case "ORG" if code := national_government(name, home):
                actor(view, discourse, code, name, [mention])
            case "PERSON" if (found := ADMINISTRATION.match(view.text, mention.end)) and (code := leader_country(name)):
                _refer_to(view, discourse, code, mention.start, found.end())
            case "NORP" | "COUNTRY":
                _link_nationality(view, discourse, mention)
    _link_bare_governments(view, discourse, home)


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


def _link_nationality(view: ArticleView, discourse: Discourse, mention: Mention) -> None:
    """ "Kuwaiti government" -> Kuwait always, "Chinese officials" -> China where they are the subject.

    "The Chinese", as the subject, means China where that is an actor already.
    """
    code, token = place_country(view.mentions.name(mention)), view.head(mention)
    after = [word for word in view.words[token.i + 1 : token.i + 3] if word.tag != "POS"][:1]
    noun = after[0] if after and not view.mentions.covering(after[0].idx) else None
    if code and noun and noun.lower in table("references.yaml")["government_words"]:
        if noun.lower in _ALWAYS or is_subject(noun):
            _refer_to(view, discourse, code, mention.start, noun.end)
    elif code in discourse.countries and mention.label == "NORP" and token.pos != "ADJ" and token.dep == "nsubj":
        discourse.link(mention, discourse.countries[code])


def _refer_to(view: ArticleView, discourse: Discourse, code: str, start: int, end: int) -> None:
    """Refers "Kuwaiti government", "Trump administration" to the country."""
    discourse.refer(start, end, actor(view, discourse, code, view.text[start:end], []), confidence=0.9)


def _link_bare_governments(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Refers "the government" to its owner after "of", else to the province's named last, else to home."""
    every = [entity for entity in discourse.entities if LOCAL.fits(entity)]
    for start, end in _government_phrases(view):
        if owner := _owner_after(view, end):
            if code := country_of(view.mentions.name(owner)):
                unlinked = [owner] if discourse.meaning(owner) is None else []
                entity = actor(view, discourse, code, view.mentions.name(owner), unlinked)
                discourse.refer(start, owner.end, entity, confidence=0.9)
            continue
        local = _local_government(discourse, every, start)
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


def _government_phrases(view: ArticleView) -> Iterator[tuple[int, int]]:
    """Spans of "government" or "federal government" outside of mentions that do not say whose it is."""
    phrases, determiners = (table("references.yaml")[name] for name in ("governments", "government_determiners"))
    for token in view.unnamed(phrase.split()[-1] for phrase in phrases):
        near = view.words[max(0, token.i - 1) : token.i + 1]
        first = next((word for word in near if view.text[word.idx : token.end].lower() in phrases), None)
        if first is not None and token.dep not in ("compound", "amod", "nmod"):
            opens = [*determiners, "a"] if first is not token else determiners
            before = view.words[first.i - 1] if first.i else None
            if before is None or before.lower in opens or before.pos in _OPENING:
                yield first.idx, token.end


def find_local_governments(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds provinces that act, and refers "the provincial government" to one of them, else to an actor of its own."""
    for mention in view.mentions.labelled("PLACE"):
        name = view.mentions.name(mention)
        if _is_province(name, home) and not capital_of(name) and view.acts(mention):
            own = (e for e in discourse.entities if e.kind == "government" and _is_of(e, key(name)))
            discourse.add(next(own, None) or Entity(name, "government", country=place_country(name, home)), [mention])
    every = [entity for entity in discourse.entities if LOCAL.fits(entity)]
    phrases = table("references.yaml")["local_governments"]
    for first, second in pairwise(view.words):
        start, end = first.idx, second.end
        is_local = second.lower.startswith(_LOCAL) and f"{first.lower} {second.lower}" in phrases
        if is_local and not view.mentions.overlaps(start, end):
            name = view.text[start:end].lower()
            entity = _local_government(discourse, every, start)
            of_one = entity is None and name in table("references.yaml")["of_one_province"]
            if province := _only_province(view, home) if of_one else None:
                own = (e for e in discourse.entities if e.kind == "government" and key(e.name) == key(province))
                entity, name = next(own, None), f"{province} government"
            entity = discourse.add(entity or Entity(name, "government", country=home))
            every += [] if entity in every else [entity]
            discourse.refer(start, end, entity, confidence=0.8)


def _only_province(view: ArticleView, home: str | None) -> str | None:
    """The only province of the article's country that it names."""
    names: dict[str, str] = {}
    for mention in view.mentions.labelled("PLACE"):
        if code := home and subdivision_of(view.mentions.name(mention), alpha2(home)):
            names.setdefault(code, view.mentions.name(mention))
    return names.popitem()[1] if len(names) == 1 else None


def _is_province(name: str, home: str | None) -> bool:
    return bool(subdivision_of(name) or (home and subdivision_of(name, alpha2(home))))


def _is_of(government: Entity, province: str) -> bool:
    """Whether it is the government of a province, perhaps under the province's name alone."""
    name = key(government.name)
    return name == province or (province in name and LOCAL.fits(government))


def _local_government(discourse: Discourse, every: list[Entity], offset: int) -> Entity | None:
    """The local government named last before `offset`, else the only one of the article."""
    return discourse.nearest(offset, LOCAL) or (every[0] if len(every) == 1 else None)
