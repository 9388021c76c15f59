"""Projects and commitments of a knowledge folder matched with activities of AidData and IATI that a user gives."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pipeline.knowledge.activities import Activity, Facts, Subject, years_of
from pipeline.knowledge.activity_comparers import ACTIVITY, Listed, Vocabulary, money, sound, tokens
from pipeline.knowledge.decisions import Match
from pipeline.knowledge.folder import Knowledge, KnownActor, KnownCommitment, KnownProject, LocalActor, Sum, Value
from pipeline.knowledge.linker import Blocks, Candidate, Model
from pipeline.seeds import table
from pipeline.values.numbers import amount_in_words

_NAMES = 8  # of a project
_QUOTES = 12  # sentences of one subject
COMPARED = 40  # activities that are compared with a subject
_IN_TITLE, _IN_TEXT, _SOUND, _AMOUNT, _QUOTED = 1.0, 0.4, 0.6, 4.0, 0.5  # what a shared key adds, by what its word says
_ELSEWHERE = 0.35  # what is left where the countries differ
_COMMON = 0.04  # share of activities; a word of more finds none by itself, unless there are few activities
_FEW_ACTIVITIES = 2_000
_WORDS = 60  # of the sentences of a subject
_FEW = 3  # values of a kind in a cell
_LONGEST = 200  # characters of a name or title


def match(knowledge: Knowledge, activities: Sequence[Activity], lowest: float, most: int = 5) -> list[Match]:
    """The activities that a project or commitment may be, with scores of at least `lowest`, undecided."""
    matcher = Matcher(activities)
    return rows((subject, matcher.ranked(subject, lowest)[:most]) for subject in subjects(knowledge))


class Matcher:
    """Finds activities of a list; building it reads all of their words.

    Activities are found by the words of their titles and descriptions, by consonants and by amounts.
    """

    def __init__(self, activities: Sequence[Activity]) -> None:
        self._model = Model(ACTIVITY, table("match.yaml")["weights"])
        self._vocabulary = Vocabulary(activities)
        self._listed = [
            Listed(one, title, title.union(tokens(one.description)), self._vocabulary)
            for one, title in zip(activities, self._vocabulary.titles, strict=True)
        ]
        self._blocks, self._countries = Blocks(), Blocks()
        for number, one in enumerate(self._listed):
            words = (word if word in one.title else f"d {word}" for word in one.text)
            self._blocks.add(number, {*words, *map(sound, one.title), *map(money, one.activity.amounts)} - {""})
            self._countries.add(number, one.activity.countries or ("",))
        self._points = np.zeros(len(activities), dtype=np.float32)
        self._most = max(_FEW_ACTIVITIES, int(_COMMON * len(activities)))

    def ranked(self, subject: Subject, lowest: float = 0) -> list[Candidate[Activity]]:
        """The activities that were compared, the likeliest first, down to a score."""
        found = []
        for one in self._nearest(subject):
            reasons = self._model.reasons(subject, one) or ()
            found.append(Candidate(self._model.score(subject.what, reasons), 0, reasons, one.activity))
        return sorted((one for one in found if one.score >= lowest), key=lambda one: -one.score)

    def _nearest(self, subject: Subject) -> list[Listed]:
        """The activities that share most with a subject, those with most first."""
        points = self._points
        points.fill(0)
        named = dict.fromkeys(word for name in subject.names for word in tokens(name))
        quoted = dict.fromkeys([word for one in subject.quotes for word in tokens(one) if word not in named][:_WORDS])
        for word, share in [*dict.fromkeys(named, 1.0).items(), *dict.fromkeys(quoted, _QUOTED).items()]:
            says = self._vocabulary.says(word) * share
            for key, worth in ((word, _IN_TITLE), (f"d {word}", _IN_TEXT), (sound(word), _SOUND)):
                self._mark(key, says * worth)
        for key in dict.fromkeys(map(money, subject.amounts)):
            self._mark(key, _AMOUNT)
        if subject.countries:
            factors = np.full(len(points), _ELSEWHERE, dtype=np.float32)
            for code in ("", *subject.countries):
                factors[self._countries.of(code)] = 1
            points *= factors
        some = np.flatnonzero(points)
        if len(some) > COMPARED:
            some = some[np.argpartition(points[some], len(some) - COMPARED)[len(some) - COMPARED :]]
        return [self._listed[one] for one in sorted(map(int, some), key=lambda one: (-float(points[one]), one))]

    def _mark(self, key: str, value: float) -> None:
        some = self._blocks.of(key)
        if len(some) <= self._most:
            self._points[some] += value


def rows(found: Iterable[tuple[Subject, Sequence[Candidate[Activity]]]]) -> list[Match]:
    """A row for each candidate, without those of a commitment that its project alone stands for.

    Where a project has one candidate, a commitment of it needs no row with the same activity.
    """
    pairs = [(subject, one) for subject, candidates in found for one in candidates]
    activities: defaultdict[str, set[str]] = defaultdict(set)
    for subject, one in pairs:
        activities[subject.id].add(one.other.id)
    return [
        Match(
            what=subject.what,
            lasting_id=subject.id,
            name=_short(subject.name),
            scheme=one.other.scheme,
            activity_id=one.other.id,
            title=_short(one.other.name),
            score=round(one.score, 2),
            reasons=", ".join(one.reasons),
            said=_facts(subject),
            listed=_facts(one.other),
            source=one.other.source,
        )
        for subject, one in pairs
        if all(activities[name] != {one.other.id} for name in subject.projects)
    ]


def _facts(of: Facts) -> str:
    """Countries, years, amounts and who pays."""
    years = of.years and "-".join(dict.fromkeys(map(str, of.years)))
    amounts = list(dict.fromkeys(filter(None, map(amount_in_words, of.amounts))))
    parts = (sorted(of.countries)[:_FEW], [years] if years else [], amounts[:_FEW], of.funders[:_FEW])
    return "; ".join(_short(", ".join(part)) for part in parts if part)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def subjects(knowledge: Knowledge) -> list[Subject]:
    """Projects, then commitments that are no policy and not denied, in the order of the folder."""
    actors = {actor.id: actor for actor in knowledge.actors}
    projects = {project.id: project for project in knowledge.projects}
    acts = [act for act in knowledge.commitments if act.kind != "policy" and not act.negated]
    about: defaultdict[str, list[KnownCommitment]] = defaultdict(list)
    for act in acts:
        for project in act.projects:
            about[project.value].append(act)
    named, articles = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for link in knowledge.links:
        if isinstance(link.said, LocalActor) and link.said.country and link.said.kind != "person":
            named[link.article].add(link.said.country)
        articles[link.entity].add(link.article)
    near = {entity: frozenset().union(*(named[one] for one in some)) for entity, some in articles.items()}
    found = [_subject(one, [one], about[one.id], actors, near) for one in knowledge.projects]
    of = [[projects[one.value] for one in act.projects if one.value in projects] for act in acts]
    return found + [_subject(act, own, [act], actors, near) for act, own in zip(acts, of, strict=True)]


def _subject(
    known: KnownProject | KnownCommitment,
    projects: Sequence[KnownProject],
    acts: Sequence[KnownCommitment],
    actors: Mapping[str, KnownActor],
    near: Mapping[str, frozenset[str]],
) -> Subject:
    """Who pays is, without a flow, who undertakes money. Without a country, those of its articles count (`near`)."""

    def named(values: Iterable[Value]) -> list[KnownActor]:
        return [actors[one] for one in dict.fromkeys(value.value for value in values) if one in actors]

    is_project, around = isinstance(known, KnownProject), near.get(known.id, frozenset())
    payers = named(one for act in acts for one in (act.provider or (act.by if act.kind == "finance" else [])))
    every = named(one for act in acts for one in (*act.by, *act.partners, *act.to, *act.recipient))
    others = [actor for actor in every if actor not in payers and actor.kind not in ("country", "person")]
    receivers = named(one for act in acts for one in (act.recipient or act.to))
    quotes = tuple(dict.fromkeys(report.quote for act in acts for report in act.reports))[:_QUOTES]
    names = (name for one in projects for name in dict.fromkeys([one.name, *(other.value for other in one.names)]))
    days = [known.first, known.latest, *(one.value for act in acts for one in act.dates)]
    amounts: dict[tuple[float, str], Sum] = {}
    for amount in (amount for act in acts for report in act.reports for amount in report.amounts):
        if amount.value and amount.currency:
            amounts.setdefault((amount.value, amount.currency), amount)
    return Subject(
        what="project" if is_project else "commitment",
        id=known.id,
        name=projects[0].name if projects else quotes[0] if quotes else known.id,
        names=tuple(names)[:_NAMES],
        quotes=quotes,
        countries=frozenset(one.value for project in projects for one in project.countries)
        or _countries(receivers)
        or around - _countries(payers)
        or around,
        years=years_of(int(day[:4]) for day in days if day and day[:4].isdigit()),
        amounts=tuple(amounts.values()),
        funders=tuple(payer.name for payer in payers),
        funder_countries=_countries(payers),
        parties=tuple(other.name for other in others),
        sectors=frozenset(one if isinstance(one, str) else one.value for one in known.sectors),
        instruments=frozenset(act.instrument for act in acts if act.instrument),
        projects=() if is_project else tuple(project.id for project in projects),
    )


def _countries(actors: Iterable[KnownActor]) -> frozenset[str]:
    return frozenset(actor.country for actor in actors if actor.country)
