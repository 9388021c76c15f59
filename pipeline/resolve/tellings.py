"""Rows of commitments: ten outlets, one undertaking, all that they say about it kept side by side.

Hard because outlets contradict each other, and neither the last nor the loudest is right for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.knowledge import CommitmentSaid, KnownCommitment, Link, Sum, Telling, Told
from pipeline.resolve.reading import DeedReader
from pipeline.resolve.views import Articles, Seen, by_entity, days, told

Pairs = Sequence[tuple[Link, CommitmentSaid]]
_UNKNOWN = "9999"  # an article without a day comes last


def commitments(links: Sequence[Link], articles: Articles) -> list[KnownCommitment]:
    """A row a commitment; what aggregates may count is not judged yet."""
    reader = DeedReader(articles, links, {})
    return [_commitment(entity, own, articles, reader) for entity, own in by_entity(links, "commitment").items()]


def _commitment(entity: str, links: Iterable[Link], articles: Articles, reader: DeedReader) -> KnownCommitment:
    pairs = [(link, link.said) for link in links if isinstance(link.said, CommitmentSaid)]
    pairs.sort(key=lambda pair: (articles[pair[0].article].date or _UNKNOWN, pair[0].link))
    tellings = list(_tellings(pairs, articles, reader))
    of = {link.article: articles[link.article] for link, _ in pairs}
    return KnownCommitment(
        id=entity,
        kind=pairs[0][1].kind,
        negated=pairs[0][1].negated,
        by=_ids(pairs, "by", articles, reader),
        partners=_ids(pairs, "partners", articles, reader),
        to=_ids(pairs, "to", articles, reader),
        projects=_ids(pairs, "projects", articles, reader),
        statuses=told(Seen(said.status, articles[link.article]) for link, said in pairs),
        amounts=told(Seen(_shown(a), articles[link.article]) for link, said in pairs for a in said.amounts if a.value),
        dates=told(Seen(day, articles[link.article]) for link, said in pairs for day in said.dates),
        sectors=sorted({code for _, said in pairs for code in said.sectors}),
        amount=_agreed(tellings),
        disagree=list(_disagreements(tellings)),
        recommended_for_aggregates=False,
        because="",
        **days(of.values()),
        tellings=tellings,
    )


def _ids(pairs: Pairs, role: str, articles: Articles, reader: DeedReader) -> list[Told]:
    return told(
        Seen(entity, articles[link.article])
        for link, said in pairs
        for entity in reader.ids(link.link, getattr(said, role))
    )


def _tellings(pairs: Pairs, articles: Articles, reader: DeedReader) -> Iterator[Telling]:
    """One for each story: the first article that tells it, with the others as its copies."""
    stories: dict[str, list[tuple[Link, CommitmentSaid]]] = {}
    for link, said in pairs:
        stories.setdefault(articles[link.article].story or link.article, []).append((link, said))
    for (link, said), *copies in stories.values():
        article = articles[link.article]
        speaker = reader.ids(link.link, [said.attributed_to] if said.attributed_to else [])
        yield Telling(
            link=link.link,
            source=article.source,
            date=article.date,
            copies=[copy.link for copy, _ in copies],
            attributed_to=next(iter(speaker), None),
            **said.model_dump(include=_SAME),
        )


_SAME = {"status", "trigger", "amounts", "dates", "sentence", "start", "end", "quote"}


def _shown(amount: Sum) -> str:
    return f"{amount.currency or '?'} {amount.value:.15g}"


def _agreed(tellings: Iterable[Telling]) -> Sum | None:
    """The amount of the most tellings, the earliest of them; None where another of its currency has as many.

    A telling with several amounts does not say which it is.
    """
    single = [telling.amounts[0] for telling in tellings if len(telling.amounts) == 1 and telling.amounts[0].value]
    counts: dict[str, list[Sum]] = {}
    for amount in single:
        counts.setdefault(_shown(amount), []).append(amount)
    if not counts:
        return None
    best, *rest = sorted(counts.values(), key=len, reverse=True)
    rivals = (other for other in rest if len(other) == len(best))
    return None if any(other[0].currency == best[0].currency for other in rivals) else best[0]


def _disagreements(tellings: Sequence[Telling]) -> Iterator[str]:
    """`amounts`: of one currency, none in common; `dates`: none in common; `status`: different on one day."""
    sums = [{(a.currency, a.value) for a in telling.amounts if a.value} for telling in tellings]
    currencies = {currency for told in sums for currency, _ in told}
    if any(_apart([{s for s in told if s[0] == currency} for told in sums]) for currency in currencies):
        yield "amounts"
    if _apart([set(telling.dates) for telling in tellings]):
        yield "dates"
    statuses: dict[str | None, set[str]] = {}
    for telling in tellings:
        statuses.setdefault(telling.date, set()).add(telling.status)
    if any(len(found) > 1 for found in statuses.values()):
        yield "status"


def _apart(sets: Iterable[set[object]]) -> bool:
    told = [values for values in sets if values]
    return len(told) > 1 and not set.intersection(*told)
