"""Finds the countries that act, and the words that mean them: capitals, governments, nationalities.

Hard because most countries in the news are only places, and "the government" is the nation's or the province's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from spacy.tokens import Token

from pipeline.doc import Entity, Mention, article_of
from pipeline.normalise.country_codes import alpha2
from pipeline.normalise.names import key
from pipeline.normalise.places import capital_of, country_of, name_by_country, place_country
from pipeline.normalise.subdivisions import subdivision_of
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.kinds import institution, unspaced_names
from pipeline.stages.references.nations import leader_country, national_government
from pipeline.stages.references.officials import names_a_government
from pipeline.stages.references.reading import Reading, function, is_subject

_ALWAYS = ("government", "govt", "administration")  # words that mean the country wherever they stand
_LOCAL = ("government", "cabinet", "administration")  # last words of local governments
_DATELINE = 3  # what a dateline counts beside a name in the text
_OUTLET = 3  # an outlet writes of its own country unless another is named this many times as often


def home_country(reading: Reading) -> str | None:
    """The country that an article is about: the one named most, of equals first; dateline and outlet count more."""
    votes: Counter[str] = Counter()
    for mention in reading.labelled("COUNTRY", "NORP", "PLACE", "ORG"):
        country = _country(reading, mention)
        if country:
            votes[country] += _DATELINE if _is_dateline(reading, mention) else 1
    most = max(votes, key=lambda country: votes[country], default=None)
    outlet = _outlet_country(reading)
    return outlet if outlet and _OUTLET * votes[outlet] >= (votes[most] if most else 0) else most


def _outlet_country(reading: Reading) -> str | None:
    """The country of the article's outlet: by its name, or by the name in its address ("bangkokpost.com")."""
    article = article_of(reading.doc)
    if article is None or not article.source:
        return None
    known = institution([article.source, *_unspaced(article.source)])
    return known["country"] if known and known["name"] not in table("references.yaml")["world_outlets"] else None


def _unspaced(source: str) -> list[str]:
    labels = source.lower().split("/")[0].split(".")[:-1]
    return [name for label in labels if (name := unspaced_names().get(label))]


def _is_dateline(reading: Reading, mention: Mention) -> bool:
    """ "KARACHI:", "ROME -": a place at the start of a line, before a mark."""
    before = reading.text[max(0, mention.start - 1) : mention.start]
    after = reading.text[mention.end : mention.end + 3].lstrip()
    return mention.label == "PLACE" and before in ("", "\n") and after[:1] in (":", "-", "\u2013", "\u2014")


def _country(reading: Reading, mention: Mention) -> str | None:
    if mention.label == "ORG":
        known = institution([reading.words(mention)])
        return known["country"] if known else None
    return place_country(reading.words(mention))


def find_countries(reading: Reading, cast: Cast) -> None:
    """Adds an actor for every country that does, gives, receives or signs something."""
    by_code: dict[str, list[Mention]] = {}
    for mention in reading.labelled("COUNTRY"):
        code = country_of(reading.words(mention)) or _state_named_before(reading.key(mention), by_code)
        by_code.setdefault(code or reading.key(mention), []).append(mention)
    for code, mentions in by_code.items():
        if len(mentions) > 1 or function(reading.root(mentions[0])) in table("references.yaml")["acting_functions"]:
            actor(reading, cast, code, reading.words(mentions[0]), mentions)


def _state_named_before(form: str, named: Iterable[str]) -> str | None:
    """The country that "the Kingdom" is: one that has that form and is named before; of several none."""
    able = set(table("references.yaml")["state_forms"].get(form, ())).intersection(named)
    return able.pop() if len(able) == 1 else None


def actor(reading: Reading, cast: Cast, code: str, otherwise: str, mentions: list[Mention]) -> Entity:
    """The actor of a country; made where there is none yet, by its name, or by `otherwise` where no code is known."""
    entity = cast.countries.get(code)
    if entity is None:
        country = code if len(code) == 3 and code.isupper() else None
        entity = cast.countries[code] = Entity(_country_name(reading, code, otherwise), "country", country=country)
    return cast.add(entity, mentions)


def find_governments(reading: Reading, cast: Cast, home: str | None) -> None:
    """Links capitals, nationalities and "the government" to their countries."""
    for mention in reading.mentions:
        if mention.label == "PLACE":
            _link_capital(reading, cast, mention)
        elif mention.label == "PERSON" and names_a_government(reading, mention):
            _refer_administration(reading, cast, mention)
        elif mention.label in ("NORP", "COUNTRY"):
            _link_nationality(reading, cast, mention)
        elif mention.label == "ORG" and (code := national_government(reading.words(mention), home)):
            actor(reading, cast, code, reading.words(mention), [mention])
    _link_bare_governments(reading, cast, home)


def _link_capital(reading: Reading, cast: Cast, mention: Mention) -> None:
    code = capital_of(reading.words(mention))
    if code and _acts(reading, mention):
        actor(reading, cast, code, reading.words(mention), [mention])


def _acts(reading: Reading, place: Mention) -> bool:
    """Whether a place does something; a dateline is often parsed as if it did."""
    token = reading.root(place)
    return is_subject(token) and token.head.pos_ in ("VERB", "AUX") and not _is_dateline(reading, place)


def _refer_administration(reading: Reading, cast: Cast, mention: Mention) -> None:
    """ "Trump administration" -> the country that he led."""
    code = leader_country(reading.words(mention))
    if code:
        end = reading.text.index(" ", mention.end) + 1
        noun = next(token for token in reading.doc[reading.root(mention).i :] if token.idx >= end)
        _refer_to(reading, cast, code, mention, noun)


def _link_nationality(reading: Reading, cast: Cast, mention: Mention) -> None:
    """ "Kuwaiti government" -> Kuwait always, "Chinese officials" and "the Chinese" -> China where they act."""
    code = place_country(reading.words(mention))
    token = reading.root(mention)
    noun = _noun_after(reading, token)
    if code and noun and noun.lower_ in table("references.yaml")["government_words"]:
        if noun.lower_ in _ALWAYS or is_subject(noun):
            _refer_to(reading, cast, code, mention, noun)
    elif code in cast.countries and mention.label == "NORP" and token.pos_ != "ADJ" and token.dep_ == "nsubj":
        cast.link(mention, cast.countries[code])


def _noun_after(reading: Reading, token: Token) -> Token | None:
    """The word after a nationality or a possessive, where it is no mention."""
    after = reading.doc[token.i + 1 : token.i + 3]
    words = [word for word in after if word.tag_ != "POS"][:1]
    return words[0] if words and not reading.covering(words[0].idx) else None


def _refer_to(reading: Reading, cast: Cast, code: str, mention: Mention, noun: Token) -> None:
    end = noun.idx + len(noun)
    entity = actor(reading, cast, code, reading.text[mention.start : end], [])
    cast.refer(mention.start, end, entity, confidence=0.9)


def _link_bare_governments(reading: Reading, cast: Cast, home: str | None) -> None:
    """ "The government": the last province's if one is spoken of, else the article's country."""
    every = [entity for entity in cast.entities if _is_local_government(entity)]
    for start, end in government_phrases(reading):
        local = _local_government(cast, every, start)
        bare = reading.text[start:end].lower() in table("references.yaml")["bare_governments"]
        if local is not None and bare and home not in cast.countries:
            cast.refer(start, end, local, confidence=0.7)
        elif home is not None:
            cast.refer(start, end, actor(reading, cast, home, reading.text[start:end], []), confidence=0.8)


def _local_government(cast: Cast, every: list[Entity], offset: int) -> Entity | None:
    """The local government named last before `offset`, else the only one of the article."""
    before = next((entity for _, _, entity in cast.before(offset) if _is_local_government(entity)), None)
    return before or (every[0] if len(every) == 1 else None)


def find_local_governments(reading: Reading, cast: Cast, home: str | None) -> None:
    """Provinces that act, and "the provincial government": one that is named, else an actor of its own."""
    _link_provinces(reading, cast, home)
    every = [entity for entity in cast.entities if _is_local_government(entity)]
    for start, end in _local_phrases(reading):
        named = _local_government(cast, every, start) or _of_the_province(reading, cast, home, (start, end))
        if named is None:
            named = cast.add(Entity(reading.text[start:end].lower(), "government", country=home))
        if named not in every:
            every.append(named)
        cast.refer(start, end, named, confidence=0.8)


def _of_the_province(reading: Reading, cast: Cast, home: str | None, phrase: tuple[int, int]) -> Entity | None:
    """The government of the one province that the article names, for "the provincial government"."""
    province = _only_province(reading, home)
    if province is None or reading.text[slice(*phrase)].lower() not in table("references.yaml")["of_one_province"]:
        return None
    acting = next((e for e in cast.entities if e.kind == "government" and key(e.name) == key(province)), None)
    return acting or cast.add(Entity(f"{province} government", "government", country=home))


def _only_province(reading: Reading, home: str | None) -> str | None:
    """The province of a country that an article names as a place, where it names one alone."""
    if home is None:
        return None
    names: dict[str, str] = {}
    for mention in reading.labelled("PLACE"):
        if code := subdivision_of(reading.words(mention), alpha2(home)):
            names.setdefault(code, reading.words(mention))
    return names.popitem()[1] if len(names) == 1 else None


def _link_provinces(reading: Reading, cast: Cast, home: str | None) -> None:
    """A province that does something is its government: the one named so, else an actor of its own; no capital is."""
    for mention in reading.labelled("PLACE"):
        name = reading.words(mention)
        if _is_province(name, home) and not capital_of(name) and _acts(reading, mention):
            own = (e for e in cast.entities if e.kind == "government" and _is_of(e, key(name)))
            cast.add(next(own, None) or Entity(name, "government", country=place_country(name, home)), [mention])


def _is_province(name: str, home: str | None) -> bool:
    return bool(subdivision_of(name) or (home and subdivision_of(name, alpha2(home))))


def _is_of(government: Entity, place: str) -> bool:
    """Whether it is the government of a place, under the name of the place alone too."""
    name = key(government.name)
    return name == place or (place in name and _is_local_government(government))


def _local_phrases(reading: Reading) -> list[tuple[int, int]]:
    phrases = table("references.yaml")["local_governments"]
    pairs = (
        reading.doc[index : index + 2]
        for index, (first, second) in enumerate(pairwise(reading.lower))
        if second.startswith(_LOCAL) and f"{first} {second}" in phrases
    )
    spans = [(pair.start_char, pair.end_char) for pair in pairs]
    return [(start, end) for start, end in spans if not reading.overlaps(start, end)]


def government_phrases(reading: Reading) -> list[tuple[int, int]]:
    """Where "government" or "federal government" stands outside of mentions, with nothing that tells whose it is."""
    found = []
    phrases = table("references.yaml")["governments"]
    for token in reading.tokens(phrase.split()[-1] for phrase in phrases):
        start = _phrase_start(token.i, reading, phrases)
        if start is not None and token.dep_ not in ("compound", "amod", "nmod"):
            found.append((reading.doc[start].idx, token.idx + len(token)))
    return found


def _phrase_start(index: int, reading: Reading, phrases: list[str]) -> int | None:
    doc = reading.doc
    for start in (index - 1, index):
        if start >= 0 and doc[start : index + 1].text.lower() in phrases:
            return start if start == 0 or _stands_alone(doc[start - 1], told=start < index) else None
    return None


def _stands_alone(before: Token, *, told: bool) -> bool:
    """Whether the word before "government" tells nothing of whose it is; `told`: of "a new government"."""
    known = table("references.yaml")["government_determiners"]
    return (
        before.lower_ in known
        or (told and before.lower_ == "a")
        or before.pos_ in ("PUNCT", "SPACE", "ADP", "VERB", "CCONJ", "SCONJ")
    )


def _is_local_government(entity: Entity) -> bool:
    return entity.kind == "government" and "government" in entity.name.lower()


def _country_name(reading: Reading, code: str, otherwise: str) -> str:
    """The fullest name that the article gives a country, else what it is called in short, where that is known."""
    names = [reading.words(m) for m in reading.labelled("COUNTRY") if country_of(reading.words(m)) == code]
    return max(names, key=len, default=name_by_country().get(code, otherwise))
