"""Many articles, one folder of knowledge: one thing gets one id, existing ids stay, and the order does not matter."""

import random
from pathlib import Path

import pytest
from knowledge.resolve.stories import actor, article, pairwise, records, truth

from pipeline.knowledge.folder import Knowledge, read, write
from pipeline.knowledge.resolve import resolve
from pipeline.record import Record


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return resolve(records(), Knowledge())


def ids(known: Knowledge) -> dict[str, str]:
    return {link.link: link.entity for link in known.links}


def test_the_stories_are_separated(known: Knowledge) -> None:
    for what in ("actors", "projects", "commitments"):
        precision, recall = pairwise(ids(known), truth(what))
        assert (precision, recall >= 0.95) == (1.0, True), what


def test_every_link_says_why_and_every_row_names_ids_that_are_there(known: Knowledge) -> None:
    assert all(link.reasons and 0.9 <= link.score <= 1 for link in known.links)
    assert {link.link for link in known.links} == {
        f"{one.article.id}/{part.id}" for one in records() for part in (*one.actors, *one.projects, *one.commitments)
    }
    there = {row.id for row in (*known.actors, *known.projects)}
    for row in known.commitments:
        assert {value.value for value in (*row.by, *row.to, *row.partners, *row.projects)} <= there


def test_the_order_of_records_does_not_matter(known: Knowledge) -> None:
    turned = records()
    random.Random(3).shuffle(turned)
    assert resolve(turned, Knowledge()) == known


def test_the_same_records_again_change_nothing(known: Knowledge, tmp_path: Path) -> None:
    write(known, tmp_path)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    assert read(tmp_path) == known
    write(resolve(records(), read(tmp_path)), tmp_path)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


def test_links_of_a_run_that_was_cut_short_are_made_again(known: Knowledge) -> None:
    cut = Knowledge(articles=known.articles[:-3], links=known.links)
    assert ids(resolve(records(), cut)).keys() == ids(known).keys()
    assert {link.article for link in resolve([], cut).links} == {article.id for article in cut.articles}


def test_later_batches_leave_the_ids_that_are_there() -> None:
    parts = [records()[start : start + 8] for start in range(0, len(records()), 8)]
    found = Knowledge()
    for part in parts:
        before, found = ids(found), resolve(part, found)
        assert {link: entity for link, entity in ids(found).items() if link in before} == before
    for what in ("actors", "projects", "commitments"):
        assert pairwise(ids(found), truth(what))[0] == 1.0


def one(id: str, *actors: tuple[object, ...], day: str = "2025-06-03") -> Record:
    made = [actor(f"a{number}", *fields) for number, fields in enumerate(actors, 1)]
    return Record(article=article(id, id, day=day), actors=made)


SHORT = ("SDRC", "government", "PAK", None, ["SDRC"])
LONG = ("Saltland Drainage and Recovery Council", "government", "PAK")
BOTH = ("Saltland Drainage and Recovery Council", "government", "PAK", None, ["SDRC"])


def test_what_would_join_two_ids_is_only_proposed() -> None:
    apart = resolve([one("x", SHORT), one("y", LONG)], Knowledge())
    assert len(apart.actors) == 2
    found = resolve([one("z", BOTH, day="2025-06-09")], apart)
    assert [row.id for row in found.actors] == [row.id for row in apart.actors]
    (proposal,) = found.proposals
    assert {proposal.one, proposal.other} == {row.id for row in apart.actors}
    assert proposal.link == "z/a1"
    assert resolve([], found).proposals == found.proposals
    both = ids(resolve([one("x", BOTH), one("y", LONG, SHORT)], Knowledge()))
    assert both["y/a1"] != both["y/a2"]  # two actors of one article stay two


def test_an_article_read_anew_keeps_its_ids() -> None:
    before = resolve([one("x", LONG, SHORT)], Knowledge())
    after = resolve([one("x", ("Badar Alam", "person", "PAK"), LONG)], before)
    assert ids(after)["x/a2"] == ids(before)["x/a1"]
    assert len(after.actors) == 2
    assert {row.name for row in after.actors} == {"Badar Alam", LONG[0]}


def test_an_id_can_be_read_and_does_not_depend_on_the_most_frequent_name() -> None:
    found = resolve([one("x", ("Republic of Kenya", "country", "KEN"))], Knowledge())
    (row,) = resolve([one("y", ("Kenya", "country", "KEN")), one("z", ("Kenya", "country", "KEN"))], found).actors
    assert row.id == found.actors[0].id
    assert row.id.startswith("kenya-")
    assert (row.name, row.articles) == ("Kenya", 3)


def test_copies_of_one_text_are_one_report(known: Knowledge) -> None:
    package = next(row for row in known.commitments if len(row.reports) > 4)
    assert [(t.link, t.copies) for t in package.reports if t.copies] == [("adb-3/c1", ["adb-4/c1"])]
    assert (package.first, package.latest, package.amount.value) == ("2025-05-27", "2025-06-05", 8e8)
    assert [value.value for value in package.statuses] == ["agreed", "stalled"]


def test_disagreements_and_timelines_are_kept(known: Knowledge) -> None:
    loan = next(row for row in known.commitments if any(report.link == "reko-3/c1" for report in row.reports))
    assert [(value.value, value.articles) for value in loan.amounts] == [("USD 700000000", 2), ("USD 650000000", 1)]
    assert (loan.disagree, loan.amount.value) == (["amounts"], 7e8)
    reko = ids(known)["reko-1/p1"]
    events = [(event.date, event.link, event.status) for event in known.timeline if event.project == reko]
    assert events == sorted(events)
    assert ("2025-06-14", "reko-3/c1", "agreed") in events
    assert len(events) == 5
