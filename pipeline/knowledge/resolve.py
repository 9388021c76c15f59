"""The actors, projects and commitments of many articles under lasting ids, added to what is known already."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.knowledge.changes import Said, said_of, versions
from pipeline.knowledge.comparers import ACTOR, PROJECT, CommitmentPool, NamePool
from pipeline.knowledge.decisions import Decision, apart, decided, settled
from pipeline.knowledge.folder import (
    Judgement,
    Knowledge,
    KnownArticle,
    Link,
    Local,
    LocalActor,
    LocalCommitment,
    LocalProject,
    Proposal,
    article_of,
    known_article,
    lasting_id,
    said_by,
)
from pipeline.knowledge.known_rows import rows
from pipeline.knowledge.linker import Candidate, CommitmentReader, NameReader, Pool, Profile
from pipeline.record import Day, Record, digest
from pipeline.values.gazetteer.names import key

FOUNDED = "first"  # the reason of a link that founded its id
_FORMAT = "4"  # of what is taken from a record; after a change all articles are read again


def resolve(records: Iterable[Record], known: Knowledge, decisions: Sequence[Decision] = ()) -> Knowledge:
    """The knowledge with the records added; records that were added before change nothing.

    The order of the records does not matter. Existing ids stay. Where an article has another record than before, the
    new record replaces it. Of two records of one article the first is taken.

    Args:
        records: Records whose ids and references are sound, as those of `extract` are.
        known: What is known before: `pipeline.knowledge.folder.of_folder(FOLDER)`, or `Knowledge()`.
        decisions: Those of a person, as `pipeline.knowledge.decisions.read_decisions(FOLDER)` reads them.

    Returns:
        A new `Knowledge`; `known` is not changed.
    """
    new = _new(records, known)
    articles = {article.id: article for article in known.articles} | {name: one for name, (one, _) in new.items()}
    links = [link for link in decided(known.links, decisions) if link.article in articles]  # without a stopped run's
    old = [link for link in links if link.article not in new]
    linking = _Linking(articles, old, [link for link in links if link.article in new])
    linking.link({link: said for name in sorted(new) for link, said in new[name][1].items()})
    links = decided([*old, *linking.new], decisions)
    links.sort(key=lambda link: (link.article, link.said.what, len(link.local), link.local))
    return _rows(articles, links, decisions, [*known.proposals, *linking.proposals], known.judgements)


def before(known: Knowledge, day: Day, decisions: Sequence[Decision] = ()) -> Knowledge:
    """What the articles of earlier days say, and those without a day; the ids are the same."""
    articles = {article.id: article for article in known.articles if article.date is None or article.date < day}
    links = [link for link in known.links if link.article in articles]
    return _rows(articles, links, decisions, known.proposals, known.judgements)


def _rows(
    articles: dict[str, KnownArticle],
    links: list[Link],
    decisions: Sequence[Decision],
    proposals: Iterable[Proposal],
    judgements: Iterable[Judgement],
) -> Knowledge:
    known = rows(links, articles, apart(decisions), judgements)
    alive = {link.entity for link in links} | {link.given for link in links if link.given}
    known.proposals = settled(proposals, decisions, alive)
    return known


def _new(records: Iterable[Record], known: Knowledge) -> dict[str, tuple[KnownArticle, dict[str, Local]]]:
    """By id the articles whose record is new or whose links are missing, and what they say in their story, by link."""
    before = {article.id: article.record for article in known.articles}
    linked = {link.article for link in known.links}
    found: dict[str, tuple[KnownArticle, dict[str, Local]]] = {}
    read = set[str]()
    for record in records:
        name = record.article.id
        if name not in read:
            read.add(name)
            article = known_article(record, digest(_FORMAT + record.to_json()))
            teasers = {commitment.id for commitment in record.commitments if commitment.boilerplate}
            said = {f"{name}/{local}": one for local, one in said_by(record).items() if local not in teasers}
            if before.get(name) != article.record or (said and name not in linked):
                found[name] = article, said
    return found


class _Linking:
    """Gives what new articles say its lasting ids. `old` links stay, `new` ones are made.

    `again`: old links of articles with a new record. The result does not depend on the order of files: within a batch
    the fullest names are placed first. What would join two earlier ids is proposed to a person.
    """

    def __init__(self, articles: Mapping[str, KnownArticle], old: Sequence[Link], again: Sequence[Link]) -> None:
        self._articles, self._old = articles, old
        self.new: list[Link] = []
        self.proposals: list[Proposal] = []
        every = [*old, *again]
        self._taken = {link.entity for link in every} | {link.given for link in every if link.given}
        self._again = again
        self._before = {_identity(link.link, link.said): link for link in reversed(again)}

    def link(self, said: Mapping[str, Local]) -> None:
        """Makes the links of what new articles say."""
        if not said:
            return
        names = NameReader(self._articles, {link.link: link.said for link in self._old} | dict(said))
        self._place(NamePool(ACTOR), LocalActor, names, said)
        self._place(NamePool(PROJECT), LocalProject, names, said)
        reader = CommitmentReader(self._articles, [*self._old, *self.new], said)
        self._before = _versions(self._again, said)
        self._place(CommitmentPool(), LocalCommitment, reader, said)

    def _place(
        self, pool: Pool[Any, Any], what: type[Local], reader: NameReader | CommitmentReader, said: Mapping[str, Local]
    ) -> None:
        read: Any = reader.profile
        for old in self._old:
            if isinstance(old.said, what):
                pool.add(read(old.link, old.said), old.entity)
        profiles = [read(link, one) for link, one in said.items() if isinstance(one, what)]
        for profile in sorted(profiles, key=lambda profile: profile.order):
            chosen, proposed = pool.place(profile)
            link = self._make(profile, chosen)
            pool.add(profile, link.entity)
            for rival in proposed:
                if link.entity != rival.other.id:
                    ids, names = {"one": link.entity, "other": rival.other.id}, (profile.name, rival.other.name)
                    why = {"score": rival.score, "reasons": list(rival.reasons)}
                    self.proposals.append(Proposal(**ids, names=names, **why, link=link.link))

    def _make(self, profile: Profile, chosen: Candidate[Any] | None) -> Link:
        """The link, to what the former record of the article had there, else to the match, else to a new id."""
        link, said = profile.link, profile.said
        before = self._before.pop(_identity(link, said), None)
        entity = chosen.other.id if chosen else lasting_id(profile.title, link, self._taken)
        score, reasons = (chosen.score, [*chosen.reasons]) if chosen else (1.0, [FOUNDED])
        made = Link(link=link, entity=entity, score=score, reasons=reasons, said=said)
        made = before.model_copy(update={"link": link, "said": said}) if before else made
        self._taken.add(made.entity)
        self.new.append(made)
        return made


def _identity(link: str, said: Local) -> tuple[str, ...]:
    """What identifies an actor or project in another record of the same article; of a commitment its link."""
    return (link,) if isinstance(said, LocalCommitment) else (article_of(link), said.what, key(said.name))


def _versions(again: Iterable[Link], new: Mapping[str, Local]) -> dict[tuple[str, ...], Link]:
    """By link of a commitment of a new record, the one of its kind in the record that the article had before."""
    old, acts = defaultdict[str, list[Said]](list), defaultdict[str, dict[str, LocalCommitment]](dict)
    for link, was in said_of(again):
        old[link.article].append((link, was))
    for name, said in new.items():
        if isinstance(said, LocalCommitment):
            acts[article_of(name)][name] = said
    found: dict[tuple[str, ...], Link] = {}
    for article, now in acts.items():
        pairs = versions(old[article], now).items()
        found |= {(name,): link for name, (link, was) in pairs if was.kind == now[name].kind}
    return found
