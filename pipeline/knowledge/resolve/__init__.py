"""The actors, projects and commitments of many articles under lasting ids, added to what is known already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.folder.links import KnownArticle, Link
from pipeline.knowledge.folder.rows import Proposal
from pipeline.knowledge.resolve.contribution import Contribution, contribution
from pipeline.knowledge.resolve.decisions import Decision, apart, decided, settled
from pipeline.knowledge.resolve.matching.linking import Linking
from pipeline.knowledge.resolve.rows.commitments import commitments
from pipeline.knowledge.resolve.rows.disagreements import disagreements
from pipeline.knowledge.resolve.rows.entities import known_actors, known_projects, timeline
from pipeline.record import Day, Record


def resolve(records: Iterable[Record], known: Knowledge, decisions: Sequence[Decision] = ()) -> Knowledge:
    """The knowledge with the records added; records that were added before change nothing.

    The order of the records does not matter. Existing ids stay. Where an article has another record than before, the
    new record replaces it. Of two records of one article the first is taken.

    Args:
        records: Records whose ids and references are sound, as those of `extract` are.
        known: What is known before: `pipeline.knowledge.folder.of_folder(FOLDER)`, or `Knowledge()`.
        decisions: Those of a person, as `pipeline.knowledge.resolve.decisions.read_decisions(FOLDER)` reads them.

    Returns:
        A new `Knowledge`; `known` is not changed.
    """
    new = _new(records, known)
    articles = {article.id: article for article in known.articles} | {name: one.article for name, one in new.items()}
    links = [link for link in decided(known.links, decisions) if link.article in articles]  # without a stopped run's
    old = [link for link in links if link.article not in new]
    linking = Linking(articles, old, [link for link in links if link.article in new])
    linking.link({link: said for name in sorted(new) for link, said in new[name].said.items()})
    links = sorted(decided([*old, *linking.new], decisions), key=_order)
    return _rows(articles, links, decisions, [*known.proposals, *linking.proposals])


def before(known: Knowledge, day: Day, decisions: Sequence[Decision] = ()) -> Knowledge:
    """What the articles of earlier days say, and those without a day; the ids are the same."""
    articles = {article.id: article for article in known.articles if article.date is None or article.date < day}
    links = [link for link in known.links if link.article in articles]
    return _rows(articles, links, decisions, known.proposals)


def _rows(
    articles: dict[str, KnownArticle],
    links: list[Link],
    decisions: Sequence[Decision],
    proposals: Iterable[Proposal],
) -> Knowledge:
    """All rows that are made of links."""
    actors, projects = known_actors(links, articles), known_projects(links, articles)
    contradicted = disagreements(links, articles, apart(decisions))
    rows = commitments(links, articles, actors, projects, contradicted)
    alive = {link.entity for link in links} | {link.given for link in links if link.given}
    return Knowledge(
        articles=sorted(articles.values(), key=lambda article: article.id),
        links=links,
        actors=actors,
        projects=projects,
        commitments=rows,
        disagreements=contradicted,
        timeline=timeline(rows),
        proposals=settled(proposals, decisions, alive),
    )


def _new(records: Iterable[Record], known: Knowledge) -> dict[str, Contribution]:
    """By id of an article, what it says where its record is new or its links are missing."""
    before = {article.id: article.record for article in known.articles}
    linked = {link.article for link in known.links}
    found: dict[str, Contribution] = {}
    read = set[str]()
    for record in records:
        name = record.article.id
        if name not in read:
            read.add(name)
            made = contribution(record)
            if before.get(name) != made.article.record or (made.said and name not in linked):
                found[name] = made
    return found


def _order(link: Link) -> tuple[str, str, int, str]:
    return link.article, link.said.what, len(link.local), link.local
