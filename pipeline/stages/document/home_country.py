"""The country that an article is about, by the names in it, its dateline and its outlet."""

from __future__ import annotations

from collections import Counter

from pipeline.record import Amount
from pipeline.seeds import table
from pipeline.stages.document.doc import Mention, article_of
from pipeline.stages.document.home import outlet_country
from pipeline.stages.document.view import ArticleView
from pipeline.values.currencies import country_with
from pipeline.values.gazetteer.institutions import institution, is_shared
from pipeline.values.gazetteer.places import place_country

_DATELINE = 3  # names in the text that equal a dateline
_OUTLET = 3  # the country of the outlet wins unless another is named more than this many times as often
_CURRENCY = 2  # names in the text that equal sums in a currency that one country has


def home_country(view: ArticleView) -> str | None:
    """The country named most, of equals the first.

    Dateline, outlet and currencies count more than other names, countries that lend and give abroad half.
    """
    votes, providers = Counter[str](), set(table("references.yaml")["provider_countries"])
    for mention in view.mentions.labelled("COUNTRY", "NORP", "PLACE", "ORG"):
        country = _country(view, mention)
        if country:
            votes[country] += _DATELINE if view.mentions.is_dateline(mention) else 1
    values = (mention.value for mention in view.mentions.labelled("MONEY"))
    currencies = dict.fromkeys(value.currency for value in values if isinstance(value, Amount))
    votes.update({country: _CURRENCY for country in map(country_with, currencies) if country})
    votes.update({country: votes[country] for country in votes if country not in providers})
    most = max(votes, key=lambda country: votes[country], default=None)
    outlet = _outlet_country(view)
    return outlet if outlet and _OUTLET * votes[outlet] >= (votes[most] if most else 0) else most


def _outlet_country(view: ArticleView) -> str | None:
    article = article_of(view.doc)
    return outlet_country(article.source, article.url) if article else None


def _country(view: ArticleView, mention: Mention) -> str | None:
    """The country that a name counts for.

    None for a financier of other countries, and for a name that bodies of several countries share.
    """
    if mention.label != "ORG":
        return place_country(view.mentions.name(mention))
    name = view.mentions.name(mention)
    known = None if is_shared(name) else institution([name])
    abroad = known and (known["kind"] == "bank" or known["name"] in table("references.yaml")["financiers_abroad"])
    return known["country"] if known and not abroad else None
