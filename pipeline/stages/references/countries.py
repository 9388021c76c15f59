"""Finds the countries that act, and the words that mean them: capitals, governments, nationalities.

Hard because most countries in the news are only places, and "the government" is the nation's or the province's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from spacy.tokens import Token

from pipeline.doc import Entity, Mention, article_of
from pipeline.gazetteer.places import capital_of, country_of, name_by_country, place_country
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.kinds import institution, is_shared, unspaced_names
from pipeline.stages.references.nations import leader_country, national_government
from pipeline.stages.references.officials import names_a_government
from pipeline.stages.references.provinces import is_local_government, local_government
from pipeline.stages.references.reading import Reading, acts_at, coordination, function, is_subject

_ALWAYS = ("government", "govt", "administration")  # words that mean the country wherever they stand
_DATELINE = 3  # what a dateline counts beside a name in the text
_OUTLET = 3  # an outlet writes of its own country unless another is named this many times as often


def home_country(reading: Reading) -> str | None:
    """The country that an article is about: the one named most, of equals first; dateline and outlet count more."""
    votes: Counter[str] = Counter()
    for mention in reading.labelled("COUNTRY", "NORP", "PLACE", "ORG"):
        country = _country(reading, mention)
        if country:
            votes[country] += _DATELINE if reading.is_dateline(mention) else 1
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


def _country(reading: Reading, mention: Mention) -> str | None:
    """The country that a name tells an article to be about.

    One who finances others from abroad tells none, and no name that bodies of several countries have.
    """
    if mention.label != "ORG":
        return place_country(reading.words(mention))
    name = reading.words(mention)
    known = None if is_shared(name) else institution([name])
    abroad = known and (known["kind"] == "bank" or known["name"] in table("references.yaml")["financiers_abroad"])
    return known["country"] if known and not abroad else None


def find_countries(reading: Reading, cast: Cast) -> None:
    """Adds an actor for every country that does, gives, receives or signs something; a dateline's does not."""
    by_code: dict[str, list[Mention]] = {}
    for mention in (one for one in reading.labelled("COUNTRY") if not reading.in_dateline(one)):
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
    if code and _acts_as_government(reading, mention):
        actor(reading, cast, code, reading.words(mention), [mention])


def _acts_as_government(reading: Reading, capital: Mention) -> bool:
    """Whether a capital does something; of several names they act together, unless one is of a mere town."""
    first, *others = coordination(reading.root(capital))
    if not others:
        return acts_at(reading, capital)
    named = [mention for token in (first, *others) if (mention := reading.covering(token.idx))]
    if any(mention.label == "PLACE" and not capital_of(reading.words(mention)) for mention in named):
        return False
    leads = reading.covering(first.idx)
    return first.dep_ != "nsubjpass" and leads is not None and acts_at(reading, leads)


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
    every = [entity for entity in cast.entities if is_local_government(entity)]
    for start, end in government_phrases(reading):
        local = local_government(cast, every, start)
        bare = reading.text[start:end].lower() in table("references.yaml")["bare_governments"]
        if local is not None and bare and home not in cast.countries:
            cast.refer(start, end, local, confidence=0.7)
        elif home is not None:
            cast.refer(start, end, actor(reading, cast, home, reading.text[start:end], []), confidence=0.8)


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
    opens = before.pos_ in ("PUNCT", "SPACE", "ADP", "VERB", "CCONJ", "SCONJ")
    return before.lower_ in known or (told and before.lower_ == "a") or opens


def _country_name(reading: Reading, code: str, otherwise: str) -> str:
    """The fullest name that the article gives a country, else what it is called in short, where that is known."""
    told = (m for m in reading.labelled("COUNTRY") if not reading.in_dateline(m))
    names = [name for mention in told if country_of(name := reading.words(mention)) == code]
    return max(names, key=len, default=name_by_country().get(code, otherwise))
