"""Across articles: the tables of comparers for actors, projects and commitments, and the clusters that they fill.

A reason is named as its log odds in `seeds/resolve.yaml`.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import product

from rapidfuzz import fuzz

from pipeline.knowledge.folder import Stated, Sum
from pipeline.knowledge.linker import Candidate, Cluster, CommitmentProfile, Comparer, Model, NameProfile, Pool
from pipeline.knowledge.names import Form, OrganisationForm, Reasons, same_office, setting

SURE = frozenset({"listed", "country_code", "same_name", "full_name"})  # one article may have such a cluster twice
_MARGIN = 10  # by which the text of the best match must be more alike than that of a rival
_SAME_WORDS, ALIKE_WORDS = 90, 65  # token_set_ratio of two sentences
_FEW = 3  # amounts of one actor in an article; among more, as in a budget, an equal one means little without _CLOSER
_CLOSER = {"same_project", "same_receiver", "same_recipient", "same_words", "alike_words"}
_SPECIFIC = {"same_amount", "same_project", "same_words"}  # of which two reports of one commitment share one
EXACT = 0.995  # amounts that differ by rounding only


class NameCluster(Cluster[NameProfile]):
    """An actor or project; each form, kind, country, office, neighbour, article and story of its profiles."""

    def __init__(self, entity: str) -> None:
        super().__init__(entity)
        self.forms: dict[Form, None] = {}
        self.kinds, self.countries, self.neighbours = set[str](), set[str](), set[str]()
        self.offices = set[frozenset[str]]()
        self.articles, self.stories = set[str](), set[str | None]()

    def add(self, profile: NameProfile) -> None:
        super().add(profile)
        self.forms[profile.form] = None
        self.kinds.add(profile.kind)
        self.countries |= profile.countries
        self.offices.add(profile.office)
        self.neighbours |= profile.neighbours
        self.articles.add(profile.article.id)
        self.stories.add(profile.article.story)


def when(holds: bool, reason: str) -> list[str]:
    """The reason, if it holds."""
    return [reason] if holds else []


def _country(one: NameProfile, other: NameCluster) -> list[str] | None:
    if one.countries and other.countries:
        return ["same_country"] if one.countries & other.countries else None
    form = one.form
    return when(isinstance(form, OrganisationForm) and not form.listed and form.is_general, "general_name")


def _kind(one: NameProfile, other: NameCluster) -> list[str] | None:
    """Kinds conflict where no annotator would mix them up."""
    for kind in other.kinds:
        if one.kind != kind and not any(one.kind in kinds and kind in kinds for kinds in setting("kinds")):
            return None
    return [] if one.kind in other.kinds else ["kinds_differ"]


def _counterparts(one: NameProfile, other: NameCluster) -> list[str]:
    """Rare names that articles share."""
    shared = len(one.neighbours & other.neighbours)
    return ["shared_counterpart" if shared == 1 else "shared_counterparts"] if shared else []


def _stories(one: NameProfile, other: NameCluster) -> list[str]:
    return when(one.article.story is not None and one.article.story in other.stories, "same_story")


# beside the name
ACTOR: tuple[Comparer, ...] = (
    _country,
    _kind,
    lambda one, _: when(isinstance(one.form, OrganisationForm) and one.form.is_local, "local_name"),
    _counterparts,
    _stories,
    # the same office says more than the same title
    lambda one, other: sorted({found for its in other.offices if (found := same_office(one.office, its))})[:1],
)
PROJECT: tuple[Comparer, ...] = (
    _country,
    lambda one, other: when(one.kind not in other.kinds, "programme_once"),
    _counterparts,
    _stories,
)


class NamePool(Pool[NameProfile, NameCluster]):
    """Actors, or projects, by the comparers of a table and by their names."""

    def __init__(self, comparers: tuple[Comparer, ...]) -> None:
        model = Model(comparers, setting("weights"))
        super().__init__(model, NameCluster, setting("propose")["name"], setting("join"))

    def _match(self, profile: NameProfile, cluster: NameCluster) -> Candidate[NameCluster] | None:
        named = self._named(profile.form, cluster.forms)
        again = profile.article.id in cluster.articles
        context = self._model.reasons(profile, cluster) if named and not (again and SURE.isdisjoint(named)) else None
        if not named or context is None:
            return None
        score = self._model.score(profile.form.label, named + context)
        return Candidate(score, len(cluster.articles), named + context, cluster)

    def _named(self, form: Form, forms: Iterable[Form]) -> Reasons | None:
        """The best reasons of the names; None where there are none, or one form excludes it."""
        found = [form.compare(other) for other in forms]
        if None in found:
            return None
        return max(filter(None, found), key=lambda reasons: self._model.score(form.label, reasons), default=None)

    def _is_rival(self, best: Candidate[NameCluster], other: Candidate[NameCluster]) -> bool:
        """Where the name is exactly the same, clusters whose names only resemble it are no rivals.

        Nor are those that may be one with it, by country, articles and names.
        """
        near = other.score >= self._join and (SURE.isdisjoint(best.reasons) or not SURE.isdisjoint(other.reasons))
        one, its = best.other, other.other
        elsewhere = one.countries and its.countries and not one.countries & its.countries
        if not near or elsewhere or one.articles & its.articles:
            return near
        return any(first.compare(second) is None for first in one.forms for second in its.forms)


def one_act(one: CommitmentProfile, other: CommitmentProfile) -> bool:
    """Whether their flows of money may be one act: instruments that go together, not in opposite directions."""
    if one.instrument is None or other.instrument is None:
        return True
    instruments = {one.instrument, other.instrument}
    same = one.provider_homes & other.provider_homes or one.recipient_homes & other.recipient_homes
    opposite = one.provider_homes & other.recipient_homes or one.recipient_homes & other.provider_homes
    return any(instruments <= set(act) for act in setting("acts")) and bool(same or not opposite)


def _days(one: CommitmentProfile, other: CommitmentProfile) -> list[str] | None:
    """They are too far apart, or denied once, to be one."""
    if one.said.negated != other.said.negated:
        return None
    if one.day is None or other.day is None:
        return ["days_unknown"] if one.article.story and one.article.story == other.article.story else None
    apart = abs((one.day - other.day).days)
    return next(([f"days_{limit}"] for limit in (3, 14, 60) if apart <= limit and apart <= setting("window")), None)


def _instruments(one: CommitmentProfile, other: CommitmentProfile) -> list[str]:
    """`other` says nothing, and most money in an article on a budget is budget."""
    instruments = {one.instrument, other.instrument}
    if instruments & {None, "other"}:
        return []
    if len(instruments) > 1:
        return ["other_instrument"]
    return [] if "budget" in instruments else ["same_instrument"]


def _ratio(one: Sum, other: Sum) -> float:
    """The ratio; 1 where one value is inside the other's range or the other rounded: 330 million for 333."""
    a, b = one.value or 0.0, other.value or 0.0
    inside = any(s.low is not None and s.high is not None and s.low <= v <= s.high for s, v in ((one, b), (other, a)))
    given = (len(f"{value:.6e}".partition("e")[0].replace(".", "").rstrip("0")) for value in (a, b))
    digits = max(min(given), 2)
    return 1.0 if inside or f"{a:.{digits}g}" == f"{b:.{digits}g}" else min(a, b) / max(a, b)


def nearest(ours: Iterable[Sum], theirs: Iterable[Sum]) -> float | None:
    """The highest ratio, up to 1, of two amounts of one currency, from `EXACT` equal; None without two such."""
    pairs = product(ours, theirs)
    return max((_ratio(a, b) for a, b in pairs if a.value and b.value and a.currency == b.currency), default=None)


def _money(one: CommitmentProfile, other: CommitmentProfile) -> list[str]:
    near = nearest(one.said.amounts, other.said.amounts)
    if near is None:
        return []
    if one.said.kind == "policy" and near >= EXACT:
        return ["same_limit"]
    return ["same_amount" if near >= EXACT else "near_amount" if near >= setting("near") else "other_amount"]


def _sides(one: CommitmentProfile, other: CommitmentProfile) -> Iterator[str]:
    """By the providers and recipients of money where both articles name them, else by those who act.

    The provider of a budget is implied by the text and says less than who acts. Two bodies that get money of their own
    country are two recipients.
    """
    flows = bool(one.provider and other.provider) and "budget" not in (one.instrument, other.instrument)
    role, mine, theirs = ("provider", one.provider, other.provider) if flows else ("doer", one.by, other.by)
    if mine & theirs:
        yield f"same_{role}" if mine & theirs - one.countries else f"same_{role}_country"
    elif mine and theirs:
        yield "same_side" if one.sides(mine) & other.sides(theirs) else f"other_{role}"
    flows = bool(one.recipient and other.recipient)
    role, mine, theirs = ("recipient", one.recipient, other.recipient) if flows else ("receiver", one.to, other.to)
    bodies = flows and not one.abroad and not other.abroad and not (mine | theirs) & (one.countries | other.countries)
    if mine & theirs:
        yield f"same_{role}"
    elif mine and theirs and (bodies or not one.sides(mine) & other.sides(theirs)):
        yield f"other_{role}"


def _projects(one: CommitmentProfile, other: CommitmentProfile) -> Iterator[str]:
    shared = one.projects & other.projects
    if shared:
        yield "same_project" if shared - one.umbrellas else "same_programme"
    elif one.projects - one.umbrellas and other.projects - other.umbrellas:
        yield "other_project"
    elif one.projects and other.projects:
        yield "other_programme"


def overlap(mine: Collection[str], theirs: Collection[str], name: str) -> list[str]:
    """`same_NAME` or `other_NAME`; nothing where one side is not known."""
    if not mine or not theirs:
        return []
    return [f"other_{name}" if set(mine).isdisjoint(theirs) else f"same_{name}"]


def likeness(one: Stated, other: Stated) -> float:
    """How alike the words of the two sentences are, 0 to 100."""
    return float(fuzz.token_set_ratio(one.quote.lower(), other.quote.lower()))


def _words(one: CommitmentProfile, other: CommitmentProfile) -> list[str]:
    words = likeness(one.said, other.said)
    return ["same_words"] if words >= _SAME_WORDS else when(words >= ALIKE_WORDS, "alike_words")


COMMITMENT: tuple[Comparer, ...] = (
    _days,
    _instruments,
    _money,
    _sides,
    _projects,
    lambda one, other: overlap(one.said.dates, other.said.dates, "date"),
    lambda one, other: overlap(one.said.sectors, other.said.sectors, "sector"),
    _words,
    lambda one, other: when(one.said.status == other.said.status, "same_status"),
    lambda one, other: when(bool(one.article.story) and one.article.story == other.article.story, "same_story"),
)


Commitments = Cluster[CommitmentProfile]


class CommitmentPool(Pool[CommitmentProfile, Commitments]):
    """Commitments of one kind that share an actor, a project, an amount or a story, at nearby times, are compared."""

    def __init__(self) -> None:
        super().__init__(Model(COMMITMENT, setting("weights")), Commitments, setting("propose")["commitment"])

    def _match(self, profile: CommitmentProfile, cluster: Commitments) -> Candidate[Commitments] | None:
        """By the most similar report; None where one is of the same article or cannot be the same act."""
        reports = cluster.profiles
        if any(other.article.id == profile.article.id or not one_act(profile, other) for other in reports):
            return None
        compared = ((self._reasons(profile, other), likeness(profile.said, other.said)) for other in reports)
        scored = [(self._model.score("commitment", found), alike, found) for found, alike in compared if found]
        return Candidate(*max(scored), cluster) if scored else None

    def _reasons(self, one: CommitmentProfile, other: CommitmentProfile) -> Reasons:
        """None where both cannot be one or nothing specific is shared."""
        found = self._model.reasons(one, other) or ()
        many = max(one.sums, other.sums) > _FEW and _CLOSER.isdisjoint(found)
        return () if _SPECIFIC.isdisjoint(found) else (*found, "one_of_many") if many else found

    def _is_rival(self, best: Candidate[Commitments], other: Candidate[Commitments]) -> bool:
        """Of equally likely ones the text of the best must be far more alike."""
        return other.score == best.score and best.weight - other.weight < _MARGIN
