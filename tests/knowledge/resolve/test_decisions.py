"""What a person decided holds in every run, and no longer when its line is gone."""

from pathlib import Path

import pytest
from knowledge.resolve.stories import actor, article

from pipeline.errors import SetupError
from pipeline.knowledge.decisions import Decision, idle, read_decisions
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Record

KHAN = ("Imran Khan", "person", "PAK")


def khan(*names: str) -> list[Record]:
    return [Record(article=article(name, name), actors=[actor("a1", *KHAN)]) for name in names]


def ids(known: Knowledge) -> dict[str, str]:
    return {link.link: link.entity for link in known.links}


def test_a_merge_holds_and_can_be_undone_and_apart_ends_a_proposal() -> None:
    apart = resolve(khan("x", "y"), Knowledge())
    one, other = (row.id for row in apart.actors)
    merge = [Decision(decision="merge", one=one, other=other, reason="the same minister")]
    merged = resolve([], apart, merge)
    assert [row.id for row in merged.actors] == [one]
    assert [row.id for row in resolve(khan("z"), merged, merge).actors if row.articles > 1] == [one]
    assert [proposal.decided for proposal in merged.proposals] == ["merge"]
    assert resolve([], merged) == apart
    no = [Decision(decision="apart", one=other, other=one)]
    assert [proposal.decided for proposal in resolve([], apart, no).proposals] == ["apart"]


def test_merges_follow_each_other_and_a_decision_about_nothing_is_named() -> None:
    apart = resolve(khan("x", "y", "z"), Knowledge())
    one, two, three = (row.id for row in apart.actors)
    chain = [Decision(decision="merge", one=two, other=three), Decision(decision="merge", one=one, other=two)]
    assert set(ids(resolve([], apart, chain)).values()) == {one}
    nobody = Decision(decision="merge", one=one, other="nobody-0")
    assert idle(apart.links, [*chain, nobody]) == [nobody]


def test_a_split_gives_the_link_an_id_of_its_own() -> None:
    names = ("Zorband Cement", "company", "PAK")
    made = [Record(article=article(name, name), actors=[actor("a1", *names)]) for name in ("x", "y", "z")]
    known = resolve(made, Knowledge())
    (whole,) = known.actors
    for link in ("x/a1", "y/a1"):
        split = [Decision(decision="split", one=link, other=whole.id)]
        found = resolve(made, known, split)
        assert [entity for name, entity in ids(found).items() if name != link] == [whole.id, whole.id]
        assert ids(found)[link] != whole.id
        assert resolve([], found, split) == found
        assert resolve([], found) == known
        assert ids(resolve(made, Knowledge(), split)) == ids(found)


def test_the_file_is_read(tmp_path: Path) -> None:
    text = "# note\ndecision,one,other,reason\nmerge,a-1,b-2,one, said twice\n\nsplit, x/a1 ,a-1\n"
    (tmp_path / "decisions.csv").write_text(text, encoding="utf-8")
    assert read_decisions(tmp_path) == [
        Decision(decision="merge", one="a-1", other="b-2", reason="one, said twice"),
        Decision(decision="split", one="x/a1", other="a-1"),
    ]
    assert read_decisions(tmp_path / "nowhere") == []


@pytest.mark.parametrize("line", ["join,a,b,", "merge,a", "merge"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "decisions.csv").write_text(f"decision,one,other,reason\n\n{line}\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"decisions.csv:3"):
        read_decisions(tmp_path)
