"""Those who pay, receive and carry out, as articles and as lists name them."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.knowledge.listed_names import OrganisationForm, organisation_form
from pipeline.knowledge.match.activity import Activity
from pipeline.knowledge.match.subjects import Subject
from pipeline.knowledge.name_forms import country_in

_KIND = re.compile(
    r",\s*(?:[A-Z][\w-]*\s)+(?:Agency|Company|Sector|Institution|Bank|Organization|Enterprise)$"
)  # AidData's


def funders(subject: Subject, activity: Activity) -> list[str]:
    """Nothing where one side is not known, or the article seems to have who borrows for who lends."""
    if not activity.funders or not subject.funders:
        return []
    if any(_one_body(mine, theirs) for mine in subject.funders for theirs in activity.funders):
        return ["same_funder"]
    homes = frozenset(home for one in activity.funders if (home := _home(one)))
    mine = subject.funder_countries | frozenset(home for one in subject.funders if (home := _home(one)))
    if not homes or not mine:
        return []
    if homes & mine:
        return ["same_funder_country"]
    return [] if mine <= subject.countries else ["other_funder"]


def parties(subject: Subject, activity: Activity) -> list[str]:
    same = any(_one_body(mine, theirs) for mine in subject.parties for theirs in activity.parties)
    return ["same_party"] if same else []


@lru_cache(maxsize=200_000)
def _one_body(mine: str, theirs: str) -> bool:
    one, other = _body(mine), _body(theirs)
    return not one.is_general and not other.is_general and bool(one.compare(other))


@lru_cache(maxsize=50_000)
def _body(name: str) -> OrganisationForm:
    bare = _KIND.sub("", name)
    return organisation_form(bare, (), _home(bare))


@lru_cache(maxsize=50_000)
def _home(name: str) -> str | None:
    return country_in(name)
