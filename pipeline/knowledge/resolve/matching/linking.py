"""Gives every new actor, project and commitment its lasting id.

The result does not depend on the order of files: within a batch the fullest names are placed first. Earlier ids stay;
what would join two of them is proposed to a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.knowledge.folder.links import (
    KnownArticle,
    Link,
    Local,
    LocalActor,
    LocalCommitment,
    LocalProject,
    article_of,
    commitments_of,
    lasting_id,
    versions,
)
from pipeline.knowledge.folder.rows import Proposal
from pipeline.knowledge.resolve.matching.clusters import Match, Pool, Profile
from pipeline.knowledge.resolve.matching.commitment_profiles import CommitmentProfile, CommitmentReader
from pipeline.knowledge.resolve.matching.commitments import CommitmentMatch, CommitmentPool
from pipeline.knowledge.resolve.matching.entities import actor_context, actor_profile, project_context, project_profile
from pipeline.knowledge.resolve.names.words import is_description, setting
from pipeline.values.gazetteer.names import key

FOUNDED = "first"
_UNKNOWN = "9999"  # an article without a day comes last


class RareNames:
    """The rare names of each article, which are evidence where two articles share them."""

    def __init__(self, said: Mapping[str, Local]) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        for link, local in said.items():
            common = isinstance(local, LocalActor) and local.kind in ("country", "group")
            if not isinstance(local, LocalCommitment) and not common and not is_description(local.name):
                self._names[article_of(link)].add(key(local.name))
        self._articles = Counter(name for names in self._names.values() for name in names)
        self._most = setting("seldom")

    def beside(self, link: str, name: str) -> frozenset[str]:
        """Those in the article of a link, without the name itself."""
        names = self._names[article_of(link)]
        return frozenset(other for other in names if other != key(name) and self._articles[other] <= self._most)


@dataclass
class Linking:
    """The state of one run. `old` links stay, `new` ones are made; `again`: old links of articles with a new record."""

    articles: Mapping[str, KnownArticle]
    old: Sequence[Link]
    again: Sequence[Link]
    new: list[Link] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)

    def __post_init__(self) -> None:
        every = [*self.old, *self.again]
        self._taken = {link.entity for link in every} | {link.given for link in every if link.given}
        self._before = {_identity(link.link, link.said): link for link in reversed(self.again)}
        self._versions: dict[str, Link] = {}  # by link of a commitment of a new record, the one of the record before

    def link(self, said: Mapping[str, Local]) -> None:
        """Makes the links of what new articles say."""
        if not said:
            return
        everything = {link.link: link.said for link in self.old} | dict(said)
        rare = RareNames(everything)
        actors = {
            link: actor_profile(link, self.articles[article_of(link)], local, rare.beside(link, local.name))
            for link, local in everything.items()
            if isinstance(local, LocalActor)
        }
        self._place(Pool(actor_context), actors, said)
        projects = {
            link: project_profile(link, self.articles[article_of(link)], local, rare.beside(link, local.name))
            for link, local in everything.items()
            if isinstance(local, LocalProject)
        }
        self._place(Pool(project_context), projects, said)
        self._place_commitments(said)

    def _place(self, pool: Pool, profiles: Mapping[str, Profile], new: Mapping[str, Local]) -> None:
        for link in self.old:
            if link.link in profiles:
                pool.add(profiles[link.link], link.entity)
        for profile in sorted((profiles[link] for link in profiles if link in new), key=_fullest):
            matches = pool.matches(profile)
            chosen = pool.chosen(matches)
            link = self._make(profile.link, new[profile.link], profile.title, chosen)
            pool.add(profile, link.entity)
            for rival in pool.rivals(matches, chosen):
                self._propose(link, rival, (profile.name, rival.cluster.names.most_common(1)[0][0]))

    def _place_commitments(self, new: Mapping[str, Local]) -> None:
        pool, reader = CommitmentPool(), CommitmentReader(self.articles, [*self.old, *self.new], new)
        for link in self.old:
            if isinstance(link.said, LocalCommitment):
                pool.add(reader.profile(link.link, link.said), link.entity)
        self._versions = _versions(self.again, new)
        profiles = [reader.profile(link, said) for link, said in new.items() if isinstance(said, LocalCommitment)]
        for profile in sorted(profiles, key=_earliest):
            matches = pool.matches(profile)
            chosen = pool.chosen(matches)
            link = self._make(profile.link, profile.said, reader.title(profile), chosen)
            pool.add(profile, link.entity)
            for rival in () if chosen else matches:
                self._propose(link, rival, (profile.said.quote, rival.cluster.profiles[0].said.quote))

    def _make(self, link: str, said: Local, title: str, chosen: Match | CommitmentMatch | None) -> Link:
        """The link, to what the former record of the article had there, else to the match, else to a new id."""
        if isinstance(said, LocalCommitment):
            before = self._versions.get(link)
        else:
            before = self._before.pop(_identity(link, said), None)
        if before:
            made = before.model_copy(update={"link": link, "said": said})
        elif chosen:
            reasons = list(chosen.reasons)
            made = Link(link=link, entity=chosen.cluster.id, score=chosen.score, reasons=reasons, said=said)
        else:
            made = Link(link=link, entity=lasting_id(title, link, self._taken), score=1.0, reasons=[FOUNDED], said=said)
        self._taken.add(made.entity)
        self.new.append(made)
        return made

    def _propose(self, link: Link, rival: Match | CommitmentMatch, names: tuple[str, str]) -> None:
        if link.entity != rival.cluster.id:
            pair = {"one": link.entity, "other": rival.cluster.id, "names": names, "link": link.link}
            self.proposals.append(Proposal(**pair, score=rival.score, reasons=list(rival.reasons)))


def _identity(link: str, said: Local) -> tuple[str, ...]:
    """What identifies an actor or project of an article in another record of the same article."""
    return article_of(link), said.what, "" if isinstance(said, LocalCommitment) else key(said.name)


def _versions(again: Sequence[Link], new: Mapping[str, Local]) -> dict[str, Link]:
    """By link of a commitment of a new record, the one of its kind in the record that the article had before."""
    links = {link.link: link for link in again}
    old, now = commitments_of((link.link, link.said) for link in again), commitments_of(new.items())
    pairs = [pair for article in now for pair in versions(old[article], now[article]).items()]
    kinds = {link: said.kind for of in (*old.values(), *now.values()) for link, said in of.items()}
    return {one: links[was] for one, was in pairs if kinds[one] == kinds[was]}


def _number(link: str) -> tuple[int, str]:
    local = link.rpartition("/")[2]
    return len(local), local


def _fullest(profile: Profile) -> tuple[int, str, str, tuple[int, str]]:
    return -profile.rank, profile.date or _UNKNOWN, profile.article, _number(profile.link)


def _earliest(profile: CommitmentProfile) -> tuple[str, str, tuple[int, str]]:
    return profile.article.date or _UNKNOWN, profile.article.id, _number(profile.link)
