"""The linker: shared keys find what may be one, a table of comparers gives reasons, and their log odds make a score.

`corridor resolve` links what articles say with lasting ids (`comparers.py`), `corridor match` lasting ids with
activities of other lists (`list_comparers.py`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple

from pipeline.knowledge.folder import KnownArticle, Local
from pipeline.knowledge.name_forms import setting
from pipeline.stages.models.linear import ANY, Weights

UNKNOWN = "9999"  # the day of an article without one, which comes last
Reasons = tuple[str, ...]
Comparer = Callable[[Any, Any], Iterable[str] | None]  # reasons for and against; None where both cannot be one


class Model:
    """A table of comparers, and the log odds of their reasons by label."""

    def __init__(self, comparers: Sequence[Comparer], weights: Mapping[str, dict[str, float]]) -> None:
        self._comparers, self._weights = comparers, Weights({ANY: {}, **weights}, bias=0.0)

    def reasons(self, one: Any, other: Any) -> Reasons | None:
        """The reasons of all comparers in their order; None where one says that both cannot be one."""
        found = list[str]()
        for comparer in self._comparers:
            reasons = comparer(one, other)
            if reasons is None:
                return None
            found += reasons
        return tuple(found)

    def score(self, label: str, reasons: Reasons) -> float:
        """How likely both are one, by the reasons, to four digits."""
        return round(self._weights.probability(label, reasons), 4)


class Blocks:
    """By key the numbers of what has it, in the order in which they were added."""

    def __init__(self) -> None:
        self._of: defaultdict[str, array[int]] = defaultdict(lambda: array("i"))

    def add(self, number: int, keys: Iterable[str]) -> None:
        for key in keys:
            self._of[key].append(number)

    def of(self, key: str) -> array[int] | None:
        return self._of.get(key)

    def sharing(self, keys: Iterable[str]) -> Iterable[int]:
        """The numbers of what has one of the keys, each once."""
        return dict.fromkeys(number for key in keys for number in self._of.get(key, ()))


@dataclass(frozen=True)
class Profile:
    """What one article says of an actor, project or commitment, as it is compared.

    `name`: what a person is shown; `title`: the readable part of an id that it founds; `keys`: those under which it is
    found; `lookups`: those under which others to compare it with are found; `rank`: how much it says of who it is.
    """

    link: str
    article: KnownArticle
    said: Local
    name: str
    title: str
    keys: Collection[str]
    lookups: Collection[str]
    rank: int

    @property
    def order(self) -> tuple[int, str, str, int, str]:
        """Of one batch those that say most are linked first, then the earliest."""
        local = self.link.rpartition("/")[2]
        return -self.rank, self.article.date or UNKNOWN, self.article.id, len(local), local


class Cluster[P: Profile]:
    """All that is known of one lasting id."""

    def __init__(self, entity: str) -> None:
        self.id = entity
        self.profiles: list[P] = []
        self.keys = set[str]()

    @property
    def name(self) -> str:
        """What a person is shown: the most frequent name."""
        return Counter(profile.name for profile in self.profiles).most_common(1)[0][0]

    def add(self, profile: P) -> None:
        self.profiles.append(profile)


class Candidate[C](NamedTuple):
    """What something may be; of equal scores that with more `weight` comes first."""

    score: float
    weight: float
    reasons: Reasons
    other: C


class Pool[P: Profile, C: Cluster[Any]](ABC):
    """The clusters of one kind, one for each lasting id.

    A wrong join spreads to all that follow, so a profile joins only where one cluster is likely enough and has no
    rival. `propose`: the score from which a pair is put before a person; `beside`: that of one beside the chosen one.
    """

    def __init__(self, model: Model, cluster: Callable[[str], C], propose: float, beside: float = inf) -> None:
        self._model, self._cluster, self._propose, self._beside = model, cluster, propose, beside
        self._join: float = setting("join")
        self._clusters: list[C] = []
        self._numbers: dict[str, int] = {}
        self._blocks = Blocks()

    def add(self, profile: P, entity: str) -> None:
        number = self._numbers.setdefault(entity, len(self._clusters))
        if number == len(self._clusters):
            self._clusters.append(self._cluster(entity))
        cluster = self._clusters[number]
        cluster.add(profile)
        fresh = set(profile.keys) - cluster.keys
        cluster.keys |= fresh
        self._blocks.add(number, fresh)

    def matches(self, profile: P) -> list[Candidate[C]]:
        """The clusters that it may belong to, the likeliest first, down to the score from which one is proposed."""
        found = (self._match(profile, self._clusters[number]) for number in self._blocks.sharing(profile.lookups))
        likely = (match for match in found if match and match.score >= self._propose)
        return sorted(likely, key=lambda match: (-match.score, -match.weight, match.other.id))

    def chosen(self, matches: Sequence[Candidate[C]]) -> Candidate[C] | None:
        """The one to join: likely enough and without a rival."""
        if not matches or matches[0].score < self._join:
            return None
        best, *others = matches
        return None if any(self._is_rival(best, other) for other in others) else best

    def proposed(self, matches: Iterable[Candidate[C]], chosen: Candidate[C] | None) -> Iterator[Candidate[C]]:
        """The matches to put before a person: where none was chosen all, else those from `beside`."""
        for match in matches:
            if match is not chosen and (chosen is None or match.score >= self._beside):
                yield match

    @abstractmethod
    def _match(self, profile: P, cluster: C) -> Candidate[C] | None:
        """How likely the profile belongs to the cluster; None where it cannot."""

    @abstractmethod
    def _is_rival(self, best: Candidate[C], other: Candidate[C]) -> bool:
        """Whether the other is as good as the best match and another thing."""
