"""Rows of disagreements: reports of two articles on one undertaking whose amounts, dates or statuses contradict."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

from pipeline.knowledge.comparers import ALIKE_WORDS, EXACT, likeness, nearest, one_act
from pipeline.knowledge.linker import UNKNOWN
from pipeline.knowledge.name_forms import setting, word_set
from pipeline.knowledge.profiles import CommitmentProfile, CommitmentReader
from pipeline.knowledge.row_models import (
    Claim,
    Contradicted,
    Disagreement,
    KnownArticle,
    Link,
    LocalCommitment,
    shown,
)
from pipeline.values.periods import exclusive

_STEM = 6  # letters in which forms of a word agree: "refinance", "refinancing"


class _Report(NamedTuple):
    """What one article reports, under the lasting id of the commitment; `story`: the id that near-copies share."""

    entity: str
    profile: CommitmentProfile
    story: str


def disagreements(
    links: Sequence[Link], articles: Mapping[str, KnownArticle], apart: Container[frozenset[str]]
) -> list[Disagreement]:
    """A row for each two commitments, or one, and each field on which their reports contradict each other; sorted.

    Near-copies are not compared, nor versions of one page, nor ids that a person has kept `apart`, nor denied
    commitments. Of several reports those with the most alike words are quoted.
    """
    reader = CommitmentReader(articles, links, {})
    reports = [
        _Report(link.entity, reader.profile(link.link, link.said), articles[link.article].text_id)
        for link in links
        if isinstance(link.said, LocalCommitment) and not link.said.negated
    ]
    reports.sort(key=lambda report: (report.profile.article.date or UNKNOWN, report.profile.link))
    stories = defaultdict[str, list[_Report]](list)
    for report in reports:
        stories[report.story].append(report)
    found: dict[tuple[str, str, str], tuple[float, Disagreement]] = {}
    for one, other in _pairs(reports):
        if frozenset((one.entity, other.entity)) in apart:
            continue
        fields = list(_contradicted(one, other))
        reasons = _reasons(one, other, fields, stories) if fields else []
        for field in fields if reasons else ():
            first, second = sorted((one, other), key=lambda report: report.entity)
            alike, pair = likeness(one.profile.said, other.profile.said), (first.entity, second.entity, field)
            if pair not in found or alike > found[pair][0]:
                ids = {"one": first.entity, "other": second.entity}
                claims = (_claim(first, field), _claim(second, field))
                found[pair] = alike, Disagreement(**ids, field=field, claims=claims, reasons=reasons)
    return [row for _, (_, row) in sorted(found.items())]


def _pairs(reports: Iterable[_Report]) -> Iterator[tuple[_Report, _Report]]:
    """Each two reports of different stories of one id or, at nearby times, on money of one provider for one goal."""
    groups: defaultdict[tuple[str, ...], list[_Report]] = defaultdict(list)
    for report in reports:
        for key in ((report.entity,), *_goals(report.profile)):
            groups[key].append(report)
    for group in groups.values():
        for one, other in combinations(group, 2):
            page, its = one.profile.article.url, other.profile.article.url  # that a page was changed is no disagreement
            if one.story == other.story or (page and page == its):
                continue
            if one.entity == other.entity or _within(one, other, setting("window")):
                yield one, other


def _within(one: _Report, other: _Report, most: int) -> bool:
    """Whether two reports are at most so many days apart."""
    first, second = one.profile.day, other.profile.day
    return first is not None and second is not None and abs((first - second).days) <= most


def _goals(profile: CommitmentProfile) -> Iterator[tuple[str, str]]:
    """The home of each provider of money with each recipient and each project."""
    goals = _recipients(profile, profile.abroad) | (profile.projects - profile.umbrellas)
    yield from product(sorted(profile.provider_homes), sorted(goals))


def _recipients(profile: CommitmentProfile, abroad: bool) -> frozenset[str]:
    """The recipients of money: by country from abroad, by lasting id within one country."""
    return profile.recipient_homes if abroad else profile.recipient


def _reasons(
    one: _Report, other: _Report, fields: Collection[str], stories: Mapping[str, Sequence[_Report]]
) -> list[str]:
    """Why two reports seem to be of one undertaking; none where they are of two, or too little is shared.

    They are of two where one story reports both, where neither amounts nor dates agree, and where the money is of
    another kind.
    """
    if one.entity == other.entity:
        return ["same_id"]
    crossed = [(one, beside) for beside in stories[other.story]] + [(other, beside) for beside in stories[one.story]]
    both = any(a.entity == b.entity or ("amounts" in fields and _equal(a, b)) for a, b in crossed)
    if both or {"amounts", "dates"} <= set(fields) or not one_act(one.profile, other.profile):
        return []
    found = list(_specific(one.profile, other.profile))
    return found if len(found) > 2 and {"near_amount", "same_project"} & set(found) else []


def _equal(one: _Report, other: _Report) -> bool:
    """Whether they have an amount in common."""
    return (nearest(one.profile.said.amounts, other.profile.said.amounts) or 0) >= EXACT


def _specific(one: CommitmentProfile, other: CommitmentProfile) -> Iterator[str]:
    """What two reports share, beside the provider; nothing where their recipients or projects are others."""
    abroad = one.abroad and other.abroad
    recipients = (_recipients(one, abroad), _recipients(other, abroad))
    projects = (one.projects - one.umbrellas, other.projects - other.umbrellas)
    if any(ours and theirs and ours.isdisjoint(theirs) for ours, theirs in (recipients, projects)):
        return
    yield from ["same_recipient"] if recipients[0] & recipients[1] else []
    yield from ["same_project"] if projects[0] & projects[1] else []
    near = nearest(one.said.amounts, other.said.amounts)
    if near is not None and near >= setting("disagree")["near"]:
        yield "near_amount"
    if not set(one.said.dates).isdisjoint(other.said.dates):
        yield "same_date"
    if likeness(one.said, other.said) >= ALIKE_WORDS:
        yield "alike_words"
    if len(_stems(one.said.quote) & _stems(other.said.quote)) >= setting("disagree")["words"]:
        yield "shared_words"


@lru_cache(maxsize=100_000)
def _stems(quote: str) -> frozenset[str]:
    """The stems of the words that say what a sentence is about, without names."""
    found = (word.removesuffix("s") for word in re.findall(r"\b[a-z]{4,}\b", quote))
    return frozenset(word[:_STEM] for word in found if word not in word_set("common_words"))


def _contradicted(one: _Report, other: _Report) -> Iterator[Contradicted]:
    """The fields whose values cannot both be right: no amount of a currency, no day in common, opposite statuses."""
    ours, theirs = one.profile.said, other.profile.said
    near = nearest(ours.amounts, theirs.amounts)
    if near is not None and near < EXACT:
        yield "amounts"
    if ours.dates and theirs.dates and all(exclusive(a, b) for a, b in product(ours.dates, theirs.dates)):
        yield "dates"
    statuses, limits = {ours.status, theirs.status}, setting("disagree")
    if statuses & set(limits["holds"]) and statuses & set(limits["fails"]) and _within(one, other, limits["days"]):
        yield "status"


def _claim(report: _Report, field: Contradicted) -> Claim:
    said, article = report.profile.said, report.profile.article
    values = {
        "amounts": [shown(amount) for amount in said.amounts if amount.value],
        "dates": said.dates,
        "status": [said.status],
    }
    quoted = {"link": report.profile.link, "source": article.source, "date": article.date, "quote": said.quote}
    return Claim(values=values[field], **quoted)
