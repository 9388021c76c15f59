"""`corridor resolve --reader llm`: a language model says which acts are one, stages, parts or none; rules check it."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from knowledge.resolve.flows import flow, report, said
from llm.server import Request, Server, always, answer
from test_cli import run

import pipeline
from pipeline.knowledge import judge
from pipeline.knowledge.folder import Knowledge, read
from pipeline.knowledge.resolve import resolve

LOAN = flow("loan", "chn", "ken")
PACKAGE = "China pledged Kenya a package for ports and roads, a spokesman said."
PARTS = ("China will lend Kenya money for the harbour.", "China will lend Kenya money for the bypass.")
ASKED = "Kenya asked China for a loan for its airport."
SIGNED = "China and Kenya signed the airport credit."
RESERVES = "China kept a credit line for Kenya in the books, as a background note says."
OTHER = said("The World Bank granted Kenya clinics.", flow("grant", "wb", "ken"), "USD 9e7")
HARBOUR, BYPASS = (
    said(words, LOAN, money, status="pledged") for words, money in zip(PARTS, ("USD 2.1e9", "USD 1.6e9"), strict=True)
)
RECORDS = [
    report("Nation", said(PACKAGE, LOAN, "USD 3.7e9", status="pledged")),
    report("Standard", HARBOUR, BYPASS),
    report("Herald", said(ASKED, LOAN, "USD 1.5e9", status="proposed"), OTHER, day="2025-05-20"),
    report("Mail", said(SIGNED, LOAN, "USD 1.2e9"), day="2025-06-20"),
    report("Wire", said(RESERVES, LOAN, "USD 1.45e9", status="completed"), day="2025-06-21"),
]
TRUTH: dict[str, Any] = {  # by words, which become ids of a block
    "parts": [{"whole": PACKAGE, "parts": [*PARTS]}],
    "earlier": [{"one": ASKED, "of": SIGNED}],
    "none": [RESERVES],
}


def by_words(verdict: Any) -> Any:
    """A script that answers with the ids of the acts that these words state; what a block does not show is left out."""

    def react(request: Request) -> Any:
        shown = [line for line in request.prompt.split("\n\n") if line.startswith("r")]
        text = json.dumps(verdict)
        for act, words in product(shown, (PACKAGE, *PARTS, ASKED, SIGNED, RESERVES)):
            if words in act:
                text = text.replace(json.dumps(words), json.dumps(act.partition(":")[0]))
        return answer(json.loads(text))

    return react


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        yield made


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl"
    path.write_text("".join(f"{record.to_json()}\n" for record in RECORDS), encoding="utf-8")
    return path


def asked(records: Path, server: Server, more: str = "") -> Any:
    return run(
        f"corridor resolve {records} -o {records.parent}/known --reader llm --llm-url {server.url} --llm-model m {more}"
    )


def counted(folder: Path) -> dict[str, float]:
    found = pipeline.sums(folder / "known", "CHN", "KEN", by=["status"])
    return dict(zip(found["status"], found["usd"], strict=True))


def test_acts_of_a_pair_that_may_belong_together_are_one_block() -> None:
    (block,) = judge.blocks(resolve(RECORDS, Knowledge()))  # the grant of the World Bank stands alone
    assert block.text.startswith("From China to Kenya\n\nr1: loan, proposed, 1.5 bn USD\n  2025-05-20 ")
    assert len(block.acts) == 6
    assert all(words in block.text for words in (PACKAGE, *PARTS, ASKED, SIGNED, RESERVES))


def test_a_block_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "MOST", 4)
    assert [len(block.acts) for block in judge.blocks(resolve(RECORDS, Knowledge()))] == [4, 2]


def test_what_a_language_model_says_counts_and_stays(records: Path, server: Server) -> None:
    run(f"corridor resolve {records} -o {records.parent}/known")
    assert counted(records.parent) == {"agreed": 1.2e9, "completed": 1.45e9, "pledged": 7.4e9, "proposed": 1.5e9}
    server.script = by_words(TRUTH)
    answer = asked(records, server)
    assert (answer.code, len(server.requests)) == (0, 1)
    assert "4 judgements on sums" in answer.err
    right = {"agreed": 1.2e9, "pledged": 3.7e9}
    assert counted(records.parent) == right
    said_of = {row.because for row in read(records.parent / "known").commitments}
    assert {"no act: a language model says so", "earlier: a stage of Mail/c0"} < said_of
    asked(records, server)
    assert len(server.requests) == 1  # from the cache in the folder
    run(f"corridor resolve {records} -o {records.parent}/known")
    assert counted(records.parent) == right


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        ({"none": ["r99"]}, "an id of no other act"),
        ({"same": [["r1", "r1"]]}, "an id of no other act"),
        ({"same": [[PACKAGE, SIGNED]]}, "one act with amounts that are far apart"),
        ({"parts": [{"whole": SIGNED, "parts": [PACKAGE]}]}, "parts of more than the whole"),
        ({"none": [7]}, "none: an entry has a wrong value"),
    ],
)
def test_a_judgement_that_cannot_be_is_dropped(records: Path, server: Server, verdict: Any, why: str) -> None:
    server.script = by_words(verdict)
    answer = asked(records, server)
    assert (answer.code, "1 part of an answer dropped" in answer.err) == (0, True), why
    assert read(records.parent / "known").judgements == []
    assert counted(records.parent)["pledged"] == 7.4e9


def test_one_act_under_two_amounts_is_a_range(records: Path, server: Server) -> None:
    server.script = by_words({"same": [[SIGNED, RESERVES]]})
    asked(records, server)
    found = pipeline.sums(records.parent / "known", "CHN", "KEN", by=["status"])
    assert found.set_index("status").loc["completed", ["low", "high", "acts"]].tolist() == [1.2e9, 1.45e9, 1]
    assert "agreed" not in set(found["status"])


def test_without_a_usable_answer_sums_stay(records: Path, server: Server) -> None:
    server.script = by_words(TRUTH)
    asked(records, server)
    (records.parent / "known" / "llm.sqlite").unlink()
    server.script = always(answer("I would rather not."))
    answer_ = asked(records, server)
    assert "sums stay as the rules have them" in answer_.err
    assert len(read(records.parent / "known").judgements) == 4  # of before


def test_a_dry_run_asks_nothing(records: Path, server: Server) -> None:
    answer = asked(records, server, "--dry-run")
    assert (answer.code, server.requests) == (0, [])
    assert "1 call of about " in answer.err
    assert "--llm-cache needs --reader llm" in run(f"corridor resolve {records} -o k --llm-cache c.sqlite").err
