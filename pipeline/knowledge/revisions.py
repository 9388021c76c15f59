"""Articles that are read again: which commitments are versions of one, and what a changed page says otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from pipeline.knowledge.comparers import ALIKE_WORDS, likeness
from pipeline.knowledge.counting import settings
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.row_models import KnownArticle, Link, LocalCommitment, Quoted, Stated, shown

Changed = Literal[
    "amounts", "dates", "status", "kind", "by", "with", "to", "projects", "instrument", "provider", "recipient",
    "terms", "sectors", "attributed_to", "negated",
]  # fmt: skip
Said = tuple[Link, LocalCommitment]
Values = dict[str, str]  # by what identifies a value, the value in words


def versions(old: Iterable[Said], new: Mapping[str, LocalCommitment]) -> dict[str, Said]:
    """By link of `new` the commitment of `old` that is the same in another record or version of the article.

    The likeliest first: by the words of the sentences, kind, trigger and place. Each has one counterpart at most.
    """
    acts, scored = {link.link: (link, was) for link, was in old}, []
    for name, said in new.items():
        for earlier, (_, was) in acts.items():
            same = (said.kind == was.kind, said.trigger == was.trigger, said.start == was.start)
            alike = likeness(said, was)
            if alike >= ALIKE_WORDS or all(same):
                scored.append((-alike - 20 * sum(same[:2]) - same[2], name, earlier))
    found: dict[str, Said] = {}
    for _, name, earlier in sorted(scored):
        if name not in found and earlier in acts:
            found[name] = acts.pop(earlier)
    return found


class Revision(NamedTuple):
    """A commitment of a changed page, with the lasting ids that it `was` and is `now`, and the words of both texts.

    `fields`: each that the page now says otherwise, with the old and the new values.
    """

    was: str
    now: str
    stated: tuple[Quoted, Quoted]
    fields: list[tuple[Changed, list[str], list[str]]]


def revisions(old: Knowledge, new: Knowledge) -> dict[str, Revision]:
    """By link the commitments of changed pages.

    A page is changed where an article, or a new one of the same address, has another text. Where an older folder does
    not know the text, the words of the commitment tell.
    """
    before, after = _State(old), _State(new)
    at = defaultdict[str | None, list[KnownArticle]](list)
    for article in old.articles:
        if article.url:
            at[article.url].append(article)
    found = dict[str, Revision]()
    for article in new.articles:
        same = before.articles.get(article.id)
        others = [other for other in ([same] if same else at[article.url]) if other.sha256 != article.sha256]
        sure = all(other.sha256 and article.sha256 for other in others)
        earlier = [act for other in others for act in before.acts[other.id]]
        acts = {link.link: (link, said) for link, said in after.acts[article.id]} if earlier else {}
        for name, was in versions(earlier, {name: said for name, (_, said) in acts.items()}).items():
            now = acts[name]
            if sure or was[1].quote != now[1].quote:
                stated = (before.quoted(*was), after.quoted(*now))
                fields = list(_changed(before.facts(*was), after.facts(*now)))
                found[name] = Revision(was[0].entity, now[0].entity, stated, fields)
    return found


class _State:
    """What one state of knowledge says, by article."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.articles = {article.id: article for article in knowledge.articles}
        self.acts = defaultdict[str, list[Said]](list)
        self._ends: dict[str, tuple[str, str]] = {}  # by link, lasting id and name of actors and projects
        for link in knowledge.links:
            if isinstance(link.said, LocalCommitment):
                self.acts[link.article].append((link, link.said))
            else:
                self._ends[link.link] = (link.entity, link.said.name)

    def quoted(self, link: Link, said: LocalCommitment) -> Quoted:
        article = self.articles[link.article]
        return Quoted(link=link.link, source=article.source, date=article.date, quote=said.quote)

    def facts(self, link: Link, said: LocalCommitment) -> dict[Changed, Values]:
        """All that an article says of a commitment, by field."""
        flow = said.flow

        def named(*some: str) -> Values:
            names = (f"{link.article}/{local}" for local in some)
            return dict(self._ends[name] for name in names if name in self._ends)

        def plain(*values: str) -> Values:
            return {value: value for value in values}

        return {
            "kind": plain(said.kind),
            "status": plain(said.status),
            "by": named(*said.by),
            "with": named(*said.partners),
            "to": named(*said.to),
            "projects": named(*said.projects),
            "amounts": plain(*amounts_of(said)),
            "dates": plain(*said.dates),
            "instrument": plain(flow.instrument) if flow else {},
            "provider": named(*flow.provider) if flow else {},
            "recipient": named(*flow.recipient) if flow else {},
            "terms": plain(*(f"{term} {words}" for term, words in sorted(flow.terms.items()))) if flow else {},
            "sectors": plain(*said.sectors),
            "attributed_to": named(said.attributed_to) if said.attributed_to else {},
            "negated": plain("denied" if said.negated else "stated"),
        }


def _changed(was: dict[Changed, Values], now: dict[Changed, Values]) -> Iterator[tuple[Changed, list[str], list[str]]]:
    """The fields that differ; nothing where both texts deny the commitment."""
    for field in was if "denied" not in was["negated"].keys() & now["negated"].keys() else ():
        pairs = ((was[field], now[field]), (now[field], was[field]))
        alike = all(any(_is_one(field, a, b) for b in theirs.items()) for ours, theirs in pairs for a in ours.items())
        if not alike:
            yield field, list(was[field].values()), list(now[field].values())


def _is_one(field: Changed, one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two values are of one lasting id or name; amounts beyond rounding."""
    if field == "amounts":
        (currency, value), (its, others) = one[0].split(" "), other[0].split(" ")
        return currency == its and same_amount(float(value), float(others))
    return one[0] == other[0] or one[1] == other[1]


def amounts_of(said: Stated) -> list[str]:
    return [shown(amount) for amount in said.amounts if amount.value]


def same_amount(one: float, other: float) -> bool:
    """Whether two amounts of a currency differ by rounding only."""
    low, high = sorted((one, other))
    return bool(high <= low * (1 + settings()["same_amount"]))
