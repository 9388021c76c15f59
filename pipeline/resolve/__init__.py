"""The actors, projects and commitments of many articles under lasting ids, added to what is known already.

Hard because a wrong merge spreads and a missed one does not: what is not sure is proposed to a person, whose decisions
every later run keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.knowledge import Knowledge, KnownArticle, Link
from pipeline.record import Record
from pipeline.resolve.aggregates import judged
from pipeline.resolve.decisions import Decision, decided, settled
from pipeline.resolve.linking import Linking
from pipeline.resolve.reading import Contribution, contribution
from pipeline.resolve.tellings import commitments
from pipeline.resolve.views import actors, projects, timeline


def resolve(records: Iterable[Record], known: Knowledge, decisions: Sequence[Decision] = ()) -> Knowledge:
    """What is known with the records added; records that were taken in before change nothing.

    The order of the records does not matter. An id that is there stays; where an article comes with another record than
    before, what it said before goes. Of two records of one article the first is taken.
    """
    new = _new(records, known)
    articles = {article.id: article for article in known.articles} | {name: one.article for name, one in new.items()}
    links = [link for link in decided(known.links, decisions) if link.article in articles]  # a run that was cut short
    old = [link for link in links if link.article not in new]
    linking = Linking(articles, old, [link for link in links if link.article in new])
    linking.link({link: said for name in sorted(new) for link, said in new[name].said.items()})
    everything = sorted(decided([*old, *linking.new], decisions), key=_place)
    return _rows(articles, everything, known, linking, decisions)


def _new(records: Iterable[Record], known: Knowledge) -> dict[str, Contribution]:
    before = {article.id: article.record for article in known.articles}
    linked = {link.article for link in known.links}
    found: dict[str, Contribution] = {}
    for record in records:
        name = record.article.id
        if name not in found:
            told = contribution(record)
            if before.get(name) != told.article.record or (told.said and name not in linked):
                found[name] = told
    return found


def _rows(
    articles: dict[str, KnownArticle],
    links: list[Link],
    known: Knowledge,
    linking: Linking,
    decisions: Sequence[Decision],
) -> Knowledge:
    found = projects(links, articles)
    rows = judged(commitments(links, articles), found)
    alive = {link.entity for link in links} | {link.given for link in links if link.given}
    return Knowledge(
        articles=sorted(articles.values(), key=lambda article: article.id),
        links=links,
        actors=actors(links, articles),
        projects=found,
        commitments=rows,
        timeline=timeline(rows),
        proposals=settled([*known.proposals, *linking.proposals], decisions, alive),
    )


def _place(link: Link) -> tuple[str, str, int, str]:
    return link.article, link.said.what, len(link.local), link.local
