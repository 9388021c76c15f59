"""Gives every new actor, project and commitment its lasting id, on the ground of all that is known.

Hard because it must not hang on the order of files: within a batch the fullest names go first, and each id that was
there before stays as it was; what would join two of them is put before a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.gazetteer.names import key
from pipeline.knowledge import ActorSaid, CommitmentSaid, KnownArticle, Link, ProjectSaid, Proposal, Said
from pipeline.resolve.actors import actor_evidence, actor_mention
from pipeline.resolve.clusters import Mention, Pool
from pipeline.resolve.commitments import Deeds
from pipeline.resolve.deeds import Deed
from pipeline.resolve.ids import lasting_id
from pipeline.resolve.projects import project_evidence, project_mention
from pipeline.resolve.reading import DeedReader, Near

FOUNDED = "first"


@dataclass
class Linking:
    """The state of one run: `old` links stay, `new` ones are made; `again`: those of articles that are read anew."""

    articles: Mapping[str, KnownArticle]
    old: Sequence[Link]
    again: Sequence[Link]
    new: list[Link] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)

    def __post_init__(self) -> None:
        every = [*self.old, *self.again]
        self._taken = {link.entity for link in every} | {link.given for link in every if link.given}
        self._before = {_identity(link.link, link.said): link for link in reversed(self.again)}

    def link(self, said: Mapping[str, Said]) -> None:
        """Makes the links of what new articles say."""
        if not said:
            return
        everything = {link.link: link.said for link in self.old} | dict(said)
        near = Near(everything)
        actors = {name: self._actor(name, told, near) for name, told in everything.items() if told.what == "actor"}
        self._place(Pool(actor_evidence), actors, said)
        projects = {
            name: self._project(name, told, near) for name, told in everything.items() if told.what == "project"
        }
        self._place(Pool(project_evidence), projects, said)
        self._place_deeds(said)

    def _actor(self, link: str, said: Said, near: Near) -> Mention:
        assert isinstance(said, ActorSaid)
        return actor_mention(link, self.articles[_article(link)], said, near.of(link, said.name))

    def _project(self, link: str, said: Said, near: Near) -> Mention:
        assert isinstance(said, ProjectSaid)
        return project_mention(link, self.articles[_article(link)], said, near.of(link, said.name))

    def _place(self, pool: Pool, mentions: Mapping[str, Mention], new: Mapping[str, Said]) -> None:
        for link in self.old:
            if link.link in mentions:
                pool.add(mentions[link.link], link.entity)
        for mention in sorted((mentions[name] for name in mentions if name in new), key=_fullest):
            matches = pool.matches(mention)
            chosen = pool.chosen(matches)
            joined = (chosen.cluster.id, chosen.score, chosen.reasons) if chosen else None
            link = self._make(mention.link, new[mention.link], mention.title, joined)
            pool.add(mention, link.entity)
            for rival in pool.rivals(matches, chosen):
                names = mention.name, rival.cluster.names.most_common(1)[0][0]
                self._propose(link, rival.cluster.id, names, rival.score, rival.reasons)

    def _place_deeds(self, new: Mapping[str, Said]) -> None:
        deeds, reader = Deeds(), DeedReader(self.articles, [*self.old, *self.new], new)
        for link in self.old:
            if isinstance(link.said, CommitmentSaid):
                deeds.add(reader.deed(link.link, link.said), link.entity)
        found = [reader.deed(link, said) for link, said in new.items() if isinstance(said, CommitmentSaid)]
        for deed in sorted(found, key=_earliest):
            matches = deeds.matches(deed)
            chosen = deeds.chosen(matches)
            joined = (chosen.cluster.id, chosen.score, chosen.reasons) if chosen else None
            link = self._make(deed.link, deed.said, reader.title(deed), joined)
            deeds.add(deed, link.entity)
            for rival in () if chosen else matches:
                names = deed.said.quote, rival.cluster.deeds[0].said.quote
                self._propose(link, rival.cluster.id, names, rival.score, rival.reasons)

    def _make(self, link: str, said: Said, name: str, joined: tuple[str, float, tuple[str, ...]] | None) -> Link:
        """The link, to what the article's former reading had there, else to what it joins, else to an id of its own."""
        before = self._before.pop(_identity(link, said), None)
        if before:
            made = before.model_copy(update={"link": link, "said": said})
        elif joined:
            made = Link(link=link, entity=joined[0], score=joined[1], reasons=list(joined[2]), said=said)
        else:
            made = Link(link=link, entity=lasting_id(name, link, self._taken), score=1.0, reasons=[FOUNDED], said=said)
        self._taken.add(made.entity)
        self.new.append(made)
        return made

    def _propose(self, link: Link, other: str, names: tuple[str, str], score: float, reasons: Sequence[str]) -> None:
        told = Proposal(one=link.entity, other=other, names=names, score=score, reasons=list(reasons), link=link.link)
        self.proposals += [told] if link.entity != other else []


def _identity(link: str, said: Said) -> tuple[str, ...]:
    """What a thing of an article is known by when the article is read anew."""
    if isinstance(said, CommitmentSaid):
        return _article(link), said.kind, said.trigger, str(said.start)
    return _article(link), said.what, key(said.name)


def _article(link: str) -> str:
    return link.rpartition("/")[0]


def _number(link: str) -> tuple[int, str]:
    local = link.rpartition("/")[2]
    return len(local), local


def _fullest(mention: Mention) -> tuple[int, str, str, tuple[int, str]]:
    return -mention.rank, mention.date or "9999", mention.article, _number(mention.link)


def _earliest(deed: Deed) -> tuple[str, str, tuple[int, str]]:
    return deed.article.date or "9999", deed.article.id, _number(deed.link)
