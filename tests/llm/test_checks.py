"""A language model is tried before it is believed, and records are never worse than without it."""

import json
import random
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import test_cli
from llm.articles import act, lent, record, sectors, whole
from llm.models import EXAMPLE, careful, worse
from llm.server import Server, always, answer, by_title, hang, status
from llm.test_recorded_answers import ANSWERS, NEWS, ROOT, records

from pipeline.gold.evaluate.score import score
from pipeline.gold.folder import read_gold
from pipeline.gold.labels import join
from pipeline.gold.trial import ROWS, TWELVE, is_believed
from pipeline.llm.checks import CHECKS
from pipeline.llm.fuse import joined, read_fusion
from pipeline.llm.ground import Reading, ground
from pipeline.llm.prompt import parse
from pipeline.llm.recording import article_digest, read_recording, replayed
from pipeline.llm.windows import prompts_of
from pipeline.record import Record
from pipeline.settings import Settings

FUSION = read_fusion(Settings().models / "default")
SHARES = (0.1, 0.3, 0.6, 0.9)  # of the acts of an answer that are wrong
LEAST = -0.005
Read = list[tuple[Record, Record, Reading]]  # gold, record of the small models, reading


def run(*args: str) -> Any:
    return test_cli.run(shlex.join(["corridor", *args]))


@pytest.fixture
def checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of checks; models are believed as far as they were tried."""
    monkeypatch.setenv(CHECKS, str(tmp_path / "checks.json"))
    monkeypatch.delenv("CORRIDOR_LLM_TRUST")
    yield tmp_path / "checks.json"


@pytest.fixture(scope="module")
def twelve() -> list[tuple[Record, Record]]:
    golds = [gold for gold in read_gold(ROOT / "seeds" / "regions") if gold.article.id in TWELVE]
    return list(zip(golds, records(golds), strict=True))


def reading(of: Record, said: dict[str, Any]) -> Reading:
    return ground(of, [(whole(of), parse(json.dumps(said))[0])], sectors(), "llm:m")


@pytest.mark.parametrize("wrong", [{"kind": "agreement"}, {"status": "agreed"}, {"amounts": []}, {"by": ["a2"]}, None])
def test_what_only_an_untried_model_says_is_left_out(wrong: dict[str, Any] | None) -> None:
    of = record(commitments=[lent()])
    new = {"id": "n1", "type": "actor", "quote": "Danish engineers", "sentence": 2, "kind": "group"}
    more = act(sentence=2, trigger="will train", kind="cooperation", by=["n1"], amounts=[], flow=None)
    lists = {"new": [new], "no_project": ["p2"], "same": [["p1", "p3"]]}
    read = reading(of, {"commitments": [act(to=["a5"], **wrong or {}), more], **lists})
    found = joined(of, read, FUSION, believed=False)
    (kept,) = found.commitments
    assert (kept.method == "llm:m+rules", kept.to == lent().to) == (wrong is None, wrong is not None)
    assert [one.name for one in (*found.actors, *found.projects)] == [one.name for one in (*of.actors, *of.projects)]


def test_a_model_that_reads_with_care_is_believed_from_then_on(
    checks: Path, tmp_path: Path, twelve: list[tuple[Record, Record]]
) -> None:
    said = {gold.article.title or "": answer(careful(gold, found)) for gold, found in twelve}
    gold = twelve[0][0].article
    article = tmp_path / "article.json"
    article.write_text(json.dumps({name: getattr(gold, name) for name in ("id", "title", "source", "date", "text")}))
    with Server(by_title(said)) as server:
        model = ("--llm-url", server.url, "--llm-model", "m")
        outs = [tmp_path / name for name in ("untried", "tried", "all")]
        untried = run("extract", str(article), "-o", str(outs[0]), "--reader", "llm", *model)
        check = run("llm", "check", *model, "--llm-prices", "1,4")
        tried = run("extract", str(article), "-o", str(outs[1]), "--reader", "llm", *model)
        run("extract", str(article), "-o", str(outs[2]), "--reader", "llm", *model, "--llm-trust", "all")
    assert "m has not been tried" in untried.err and "llm check" in untried.err
    assert check.code == 0 and "1,000 such articles cost" in check.out and "m: helps\n" in check.out
    assert "has not been tried" not in tried.err
    assert outs[0].read_bytes() != outs[1].read_bytes() == outs[2].read_bytes()
    (made,) = json.loads(checks.read_bytes()).values()
    assert (made["believed"], made["copied"], made["set_aside"], made["calls"]) == (True, 0, 0, 12)
    assert all(row["read"] > row["alone"] for row in made["rows"].values())


@pytest.mark.parametrize(("acts", "copied"), [([EXAMPLE], 12), ([], 0)])
def test_a_model_that_copies_the_example_or_finds_nothing_is_not(checks: Path, acts: list[Any], copied: int) -> None:
    with Server(always(answer({"commitments": acts}))) as server:
        check = run("llm", "check", "--llm-url", server.url, "--llm-model", "m", "--format", "json")
    made = json.loads(check.out)
    assert (made["believed"], made["gain"], made["copied"]) == (False, 0, copied)
    assert json.loads(checks.read_bytes()) == {f"{server.url} m": made}


@pytest.mark.parametrize(
    "reaction",
    [answer("I cannot do that."), pytest.param(hang, marks=pytest.mark.slow), status(404)],
    ids=["prose", "hangs", "404"],
)
def test_an_endpoint_that_cannot_read_ends_the_check_and_nothing_is_kept(checks: Path, reaction: Any) -> None:
    with Server(always(reaction)) as server:
        check = run("llm", "check", "--llm-url", server.url, "--llm-model", "m", "--llm-timeout", "1")
    assert check.code == 1 and "could not be tried" in check.out
    assert not checks.exists()


def test_a_damaged_file_of_checks_is_named(checks: Path, tmp_path: Path) -> None:
    checks.write_text("{", encoding="utf-8")
    (tmp_path / "a.txt").write_text("Ghana signed a loan.", encoding="utf-8")
    model = ("--llm-url", "http://localhost:1/v1", "--llm-model", "m")
    found = run("extract", str(tmp_path / "a.txt"), "-o", str(tmp_path / "o"), "--reader", "llm", *model)
    assert found.code == 2 and f"{checks}: no checks of language models" in found.err


def made_worse(read: Read, share: float, seed: int) -> Iterator[tuple[Record, Record, Reading]]:
    """The same with answers of which a share is wrong; `read` has answers in place of readings."""
    chance = random.Random(seed)
    for gold, found, answers in read:
        spoiled = [(prompt, parse(json.dumps(worse(said, prompt, share, chance)))[0]) for prompt, said in answers]
        yield gold, found, ground(found, spoiled, sectors(), "llm:m")


def recorded(golds: list[Record], name: str) -> list[Any]:
    known = read_recording(ANSWERS / f"{name}.jsonl")
    golds = [gold for gold in golds if article_digest(gold.article.id) in {key for key, _ in known}]
    return [
        (gold, found, [
            (prompt, said.model_dump(by_alias=True))
            for prompt, said in replayed(found, known[article_digest(gold.article.id), gold.article.sha256])
        ])
        for gold, found in zip(golds, records(golds), strict=True)
    ]  # fmt: skip


def gains(read: list[tuple[Record, Record, Reading]], believed: bool) -> dict[str, float]:
    golds = [gold for gold, *_ in read]
    alone = score(golds, {found.article.id: found for _, found, _ in read})
    both = score(golds, {
        found.article.id: joined(found, own, FUSION, believed) if own.lost else found for _, found, own in read
    })  # fmt: skip
    return {name: both.rows[name].f1 - alone.rows[name].f1 for name in ROWS}


@pytest.mark.slow
def test_a_model_is_believed_as_long_as_a_third_of_its_acts_is_wrong(twelve: list[tuple[Record, Record]]) -> None:
    answers = [(gold, found, [(*prompts_of(found), careful(gold, found))]) for gold, found in twelve]
    for share in SHARES:
        read = [*made_worse(answers, share, seed=1)]
        after = [joined(found, own, FUSION) if own.lost else found for _, found, own in read]
        believed, _ = is_believed([gold for gold, _ in twelve], [found for _, found in twelve], after)
        assert believed is (share < 0.5), share


@pytest.mark.slow
@pytest.mark.skipif(not NEWS.is_dir(), reason="the texts of the news are not here")
@pytest.mark.parametrize(("labels", "answers"), [("unseen/labels", "unseen"), ("news/later", "later")])
def test_no_model_makes_records_worse(tmp_path: Path, labels: str, answers: str) -> None:
    """Answers of a large language model, made worse: rows of records that it has read, without and with belief."""
    join(ROOT / "seeds" / f"{labels}.jsonl", [NEWS / "articles.jsonl", NEWS / "general.jsonl"], tmp_path / "gold")
    read = recorded(read_gold(tmp_path / "gold"), answers)
    for share in SHARES:
        spoiled = [*made_worse(read, share, seed=1)]
        for believed in (False, True)[: 1 + (share < 0.5)]:
            fallen = {name: gain for name, gain in gains(spoiled, believed).items() if gain < LEAST}
            assert fallen == {}, (share, believed)
