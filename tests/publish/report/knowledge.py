"""A small knowledge folder of the articles of `articles.flows`: two projects, an act that two articles report."""

from pipeline.knowledge.folder import (
    Event,
    Knowledge,
    KnownActor,
    KnownArticle,
    KnownCommitment,
    KnownProject,
    Link,
    LocalProject,
    Report,
    Sum,
    Value,
    article_of,
)
from pipeline.record import Status

CANAL, SCHEME, ACT = "canal-1", "scheme-1", "canal-loan-1"
FIRST, SECOND, ELSEWHERE = "flows/0/c1", "flows/5/c1", "gone/c1"


def value(value: str, articles: int = 1) -> Value:
    return Value(value=value, articles=articles, first="2024-05-02", latest="2024-06-02")


def sum_of(billions: float) -> Sum:
    return Sum(text=f"${billions}bn", value=billions * 1e9, currency="USD")


def event(link: str, status: Status, billions: float, day: str) -> Event:
    return Event(
        project=CANAL, date=day, commitment=ACT, kind="finance", status=status, amounts=[sum_of(billions)],
        attributed_to="china-1", source="Wire", link=link, quote=f"The canal gets ${billions}bn.",
    )  # fmt: skip


def report(link: str, status: Status, billions: float) -> Report:
    return Report(
        link=link, source="Wire", date="2024-05-02", copies=[], status=status, trigger="gets", dates=[],
        amounts=[sum_of(billions)], attributed_to=None, sentence=0, start=0, end=9, quote="The canal gets money.",
    )  # fmt: skip


def project(id: str, name: str, part_of: list[str], programme: bool = False) -> KnownProject:
    return KnownProject(
        id=id, name=name, programme=programme, countries=[value("PAK", 2)], sectors=[value("210")],
        part_of=[value(whole) for whole in part_of], names=[value(name), value("the works")], articles=3,
        first="2024-05-02", latest="2024-06-02",
    )  # fmt: skip


def known() -> Knowledge:
    """The loan of `flows/0` and `flows/5` is one act, of which a third article that is not in the page reports too."""
    said = LocalProject(name="canal", programme=False, aliases=[], countries=[], sectors=[], part_of=[])
    act = KnownCommitment(
        id=ACT, kind="finance", negated=False, by=[value("china-1")], partners=[], to=[value("pakistan-1")],
        projects=[value(CANAL, 3)], statuses=[value("pledged", 2)], amounts=[value("USD 3500000000"), value("USD 4e9")],
        dates=[], sectors=["210"], amount=None, disagree=["amounts"], recommended_for_aggregates=True, because="",
        first="2024-05-02", latest="2024-06-02",
        reports=[report(FIRST, "pledged", 3.5), report(SECOND, "pledged", 4), report(ELSEWHERE, "pledged", 4)],
    )  # fmt: skip
    return Knowledge(
        articles=[KnownArticle(id=article_of(link), record="") for link in (FIRST, SECOND, ELSEWHERE)],
        links=[Link(link=link, entity=ACT, score=1, reasons=[], said=said) for link in (FIRST, SECOND, ELSEWHERE)],
        actors=[
            KnownActor(id=id, name=name, kind="country", country=code, names=[], roles=[], articles=3, first=None,
                       latest=None)
            for id, name, code in (("china-1", "China", "CHN"), ("pakistan-1", "Pakistan", "PAK"))
        ],
        projects=[project(CANAL, "Indus canal", [SCHEME]), project(SCHEME, "Water scheme", [], programme=True)],
        commitments=[act],
        timeline=[
            event(FIRST, "pledged", 3.5, "2024-05-02"),
            event(ELSEWHERE, "agreed", 4, "2024-06-02"),
        ],
    )  # fmt: skip
