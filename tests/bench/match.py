"""Time and memory of `corridor match`: `python tests/bench/match.py [ACTIVITIES] [PROJECTS]`.

Activities and projects are generated: places of the world with made-up names beside them; one project in two is listed.
"""

import random
import resource
import sys
import time

from pipeline.knowledge.activities import Activity
from pipeline.knowledge.activity_matcher import Matcher, subjects
from pipeline.knowledge.folder import Knowledge, KnownCommitment, KnownProject, Report, Sum, Value
from pipeline.seeds import rows

KINDS = ("road", "hospital", "water supply", "power plant", "school", "port", "irrigation", "bridge", "fibre network")
WORKS = ("construction of", "rehabilitation of", "loan for", "grant for", "additional financing for", "expansion of")
FILLER = "the objective is to improve access of people to services in rural areas with better institutions and funds"
SYLLABLES = ("ba", "ka", "lu", "mi", "ndo", "ra", "shi", "ta", "wa", "ze", "go", "pe", "sa", "ny", "mo", "du")


class World:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.places = [(row["name"], row["country"]) for row in rows("cities.csv", "name", "country")]

    def name(self) -> str:
        return "".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 4))).title()

    def project(self) -> tuple[str, str, str, int, float]:
        """Name, place, country, year, amount."""
        place, country = self.random.choice(self.places)
        near = self.name() if self.random.random() < 0.5 else place
        name = f"{near} {self.random.choice(KINDS)}"
        return name, place, country, self.random.randint(1995, 2024), round(self.random.lognormvariate(16, 2), -4) + 1e4

    def activity(self, number: int, made: tuple[str, str, str, int, float]) -> Activity:
        name, place, country, year, amount = made
        text = " ".join([*self.random.choices(FILLER.split(), k=50), place, *(self.name() for _ in range(6))])
        return Activity(
            id=str(number), scheme="aiddata", source=f"list.csv:{number}",
            names=(f"{self.random.choice(WORKS).capitalize()} {name} in {place}",), description=text,
            countries=frozenset({country}), years=(year, year + 3),
            amounts=(Sum(text="", value=amount, currency="USD"),), funders=("Export-Import Bank of China",),
            sectors=frozenset({"210"}),
        )  # fmt: skip


def values(*some: str) -> list[Value]:
    return [Value(value=one, articles=1) for one in some]


def known(number: int, made: tuple[str, str, str, int, float]) -> tuple[KnownProject, KnownCommitment]:
    name, place, country, year, amount = made
    day = f"{year}-05-01"
    money = Sum(text="", value=amount, currency="USD")
    quote = f"China will lend {amount:.0f} dollars for the {name} at {place}, the ministry said on Monday."
    report = Report(
        link=f"a{number}/c1", source=None, date=day, copies=[], status="agreed", trigger="lend", amounts=[money],
        dates=[], attributed_to=None, sentence=0, start=0, end=len(quote), quote=quote,
    )  # fmt: skip
    project = KnownProject(
        id=f"p{number}", name=name, programme=False, countries=values(country), sectors=values("210"), part_of=[],
        names=values(name), articles=1, first=day, latest=day,
    )  # fmt: skip
    act = KnownCommitment(
        id=f"c{number}", kind="finance", negated=False, by=[], partners=[], to=[], projects=values(f"p{number}"),
        statuses=values("agreed"), amounts=[], dates=[], sectors=["210"], instrument="loan", amount=money,
        disagree=[], recommended_for_aggregates=True, because="", first=day, latest=day, reports=[report],
    )  # fmt: skip
    return project, act


def knowledge(made: list[tuple[str, str, str, int, float]]) -> Knowledge:
    found = [known(number, one) for number, one in enumerate(made)]
    return Knowledge(projects=[one for one, _ in found], commitments=[one for _, one in found])


def main(activities: int, projects: int) -> None:
    world = World(1)
    made = [world.project() for _ in range(activities)]
    listed = [world.activity(number, one) for number, one in enumerate(made)]
    own = world.random.sample(range(activities), projects // 2)
    articles = knowledge([made[number] for number in own] + [world.project() for _ in range(projects - len(own))])
    start = time.perf_counter()
    matcher = Matcher(listed)
    ready = time.perf_counter()
    found = [(subject, one) for subject in subjects(articles) for one in matcher.ranked(subject, 0.5)[:5]]
    end = time.perf_counter()
    right = sum(
        int(subject.id[1:]) < len(own) and one.other.id == str(own[int(subject.id[1:])]) for subject, one in found
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{activities:,} activities, {projects:,} projects and as many commitments")
    print(f"index {ready - start:.0f} s, match {end - ready:.0f} s, {memory:.0f} MB")
    print(f"{len(found):,} candidates, {right:,} right of {2 * len(own):,} there are")


if __name__ == "__main__":
    main(*(int(one) for one in [*sys.argv[1:], *("100000", "10000")[len(sys.argv) - 1 :]]))
