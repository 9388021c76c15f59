"""Many records and an endpoint with faults: no record is lost, nothing is paid twice, no bound is passed."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import builders
import pytest
from llm.server import (
    NOTHING,
    Reaction,
    Request,
    Server,
    always,
    answer,
    by_title,
    cut,
    hang,
    raw,
    reset,
    status,
    trickle,
)
from llm.test_prompt import long

from pipeline.errors import SetupError
from pipeline.llm.ask import FRUITLESS
from pipeline.llm.endpoint import Cache, Endpoint
from pipeline.llm.ledger import Budget
from pipeline.llm.prompt import tokens_of
from pipeline.llm.read import AHEAD, UNGROUNDED, Reader
from pipeline.llm.windows import prompts_of
from pipeline.record import Record

LEND: dict[str, Any] = {
    "sentence": 0,
    "trigger": "would lend",
    "kind": "finance",
    "status": "pledged",
    "by": ["a1"],
    "to": ["a2"],
    "amounts": ["m4"],
    "flow": {"instrument": "loan", "provider": ["a1"], "recipient": ["a2"]},
}
GOOD = answer({"commitments": [LEND]})
BROKEN = {
    "empty": answer(""),
    "null": answer(None),
    "words": answer("I cannot do that."),
    "half": answer('{"commitments": [{"sentence": 0,', finish="length"),
    "another object": answer({"answer": 42}),
    "a list": answer("[1, 2]"),
    "another form": answer({"commitments": {"sentence": 0}}),
    "only wrong acts": answer({"commitments": [{"sentence": "0", "kind": "loan"}, "a loan"]}),
    "deep": answer('{"commitments": ' + "[" * 100_000 + "]" * 100_000 + "}"),
    "a number too long": answer('{"commitments": [], "n": ' + "9" * 10_000 + "}"),
}


def record(number: int) -> Record:
    return builders.record(f"a{number}", article={"title": f"t{number}"})


def records(count: int) -> list[Record]:
    return [record(number) for number in range(count)]


def by_model(found: Record) -> bool:
    """Whether a language model has read it, and what it said is there."""
    return any(one.method.startswith("llm:") for one in found.commitments)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(always(GOOD)) as found:
        yield found


def reader(server: Server, cache: Cache | None = None, budget: Budget = Budget(), **options: Any) -> Reader:  # noqa: B008
    made: dict[str, Any] = {"url": server.url, "model": "m", "timeout": 5.0, "retries": 1, **options}
    return Reader(Endpoint(**made), cache=cache, budget=budget)


def read_all(reader: Reader, items: Iterable[Record]) -> Iterator[Record]:
    """The records, each read."""
    return (found for _, found in reader.read((None, item, True) for item in items) if found)


def read(server: Server, items: list[Record], **options: Any) -> tuple[list[Record], Reader]:
    with reader(server, **options) as own:
        found = [*read_all(own, items)]
    assert [one.article for one in found] == [one.article for one in items], "a record is lost, or out of its order"
    return found, own


def untouched(found: list[Record], items: list[Record]) -> list[int]:
    """The numbers of the records that are as they were, to the byte."""
    return [n for n, (new, old) in enumerate(zip(found, items, strict=True)) if new.to_json() == old.to_json()]


def test_every_record_is_read_in_the_order_of_the_input(server: Server) -> None:
    server.script = lambda request: trickle({"commitments": [LEND]}, 0.2) if request.number % 3 == 0 else GOOD
    found, own = read(server, records(12))
    assert all(map(by_model, found))
    assert sorted(server.titles) == sorted(f"t{n}" for n in range(12))
    assert (own.ledger.articles, own.ledger.calls, own.ledger.unread, own.ledger.stopped) == (12, 12, 0, None)


def test_no_more_is_asked_ahead_than_a_queue_holds(server: Server) -> None:
    taken = 0

    def items() -> Iterator[Record]:
        nonlocal taken
        for one in records(50):
            taken += 1
            yield one

    with reader(server, concurrency=2) as own:
        next(read_all(own, items()))
        assert taken <= AHEAD * 2 + 1


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_asked_for_once_more_and_then_set_aside_with_its_reason(
    server: Server, broken: Reaction, tmp_path: Path
) -> None:
    first = iter([broken])
    server.script = lambda request: (
        next(first, GOOD) if request.title == "t0" else by_title({"t1": broken}, GOOD)(request)
    )
    items = records(3)
    with Cache(tmp_path / "cache") as cache:
        found, own = read(server, items, cache=cache)
    assert untouched(found, items) == [1]
    assert [server.titles.count(title) for title in ("t0", "t1", "t2")] == [2, 2, 1]
    assert (own.ledger.articles, own.ledger.unread, own.ledger.calls, own.ledger.asked_again) == (2, 1, 5, 2)
    assert (own.ledger.tokens_in, own.ledger.tokens_out) == (500, 100)  # as the server counts them
    ((reason, count),) = own.ledger.set_aside.items()
    assert (count, reason.startswith("an answer "), own.ledger.stopped) == (1, True, None)
    with Cache(tmp_path / "cache") as cache:
        again, second = read(server, items, cache=cache)
    assert (again, second.ledger.set_aside, second.ledger.cached) == (found, own.ledger.set_aside, 3)
    assert len(server.requests) == 5, "what stays broken is not asked for in a later run"


def test_an_answer_that_is_not_about_the_article_is_set_aside(server: Server) -> None:
    server.script = by_title({"t1": answer({"commitments": [LEND | {"trigger": "will abolish"}]})}, GOOD)
    found, own = read(server, items := records(3))
    assert (untouched(found, items), own.ledger.unread, own.ledger.set_aside) == ([1], 1, {UNGROUNDED: 1})
    assert own.ledger.dropped == {"words that do not stand in the sentence": 1}


FAULTS: dict[str, Reaction] = {
    "400": status(400, "this is too long"),
    "422": status(422),
    "no JSON": raw("{nonsense"),
    "a page": raw("<html>", "text/html"),
    "no choice": raw('{"choices": []}'),
    "deep": raw("[" * 100_000),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_one_request_costs_one_article(server: Server, fault: Reaction) -> None:
    server.script, items = by_title({"t0": fault, "t2": fault, "t3": fault, "t5": fault}, GOOD), records(6)
    found, own = read(server, items)
    assert untouched(found, items) == [0, 2, 3, 5]
    assert (own.ledger.articles, own.ledger.unread, own.ledger.set_aside.total()) == (2, 4, 4)
    assert own.ledger.stopped is None, "faults of requests say nothing about the endpoint"


GOING = {"503": status(503), "429": status(429), "reset": reset, "cut": cut, "hang": hang}


@pytest.mark.parametrize("fault", GOING.values(), ids=GOING)
def test_an_endpoint_that_is_gone_three_times_in_a_row_is_not_asked_any_more(server: Server, fault: Reaction) -> None:
    server.script = by_title({f"t{n}": fault for n in range(2, 40)}, GOOD)
    items = records(40)
    found, own = read(server, items, concurrency=2, timeout=0.3)
    assert untouched(found, items) == [*range(2, 40)]
    assert (own.ledger.articles, own.ledger.unread) == (2, 38)
    assert own.ledger.stopped
    assert FRUITLESS <= own.ledger.set_aside.total() <= FRUITLESS + AHEAD * 2, "with those that had failed already"
    assert len({*server.titles}) <= 2 + FRUITLESS + AHEAD * 2 + 2, "those that were in the queue, and no others"


USELESS = {"a page": FAULTS["a page"], "words": BROKEN["words"], "half": BROKEN["half"], "nothing": raw("")}


@pytest.mark.parametrize("useless", USELESS.values(), ids=USELESS)
def test_three_articles_in_a_row_without_a_usable_answer_end_all_asking(
    server: Server, useless: Reaction, tmp_path: Path
) -> None:
    server.script, items = by_title({f"t{n}": useless for n in range(2, 40)}, GOOD), records(40)
    with Cache(tmp_path / "cache") as cache:
        found, own = read(server, items, cache=cache, concurrency=1)
    assert untouched(found, items) == [*range(2, 40)]
    assert (own.ledger.articles, own.ledger.unread) == (2, 38)
    assert own.ledger.stopped and own.ledger.stopped.endswith(f", as the last of {FRUITLESS} articles in a row")
    assert len({*server.titles}) <= 2 + FRUITLESS + AHEAD, "those that were in the queue, and no others"
    server.script, count = always(GOOD), len(server.requests)
    with Cache(tmp_path / "cache") as cache:
        again, _ = read(server, items, cache=cache)
    assert all(map(by_model, again))
    assert len(server.requests) == count + 38


def test_answers_of_the_cache_say_nothing_about_the_endpoint(server: Server) -> None:
    items = records(12)
    with Cache() as cache:
        read(server, items[::2], cache=cache)
        server.script = always(raw("<html>"))
        _, own = read(server, items, cache=cache, concurrency=1)
    assert own.ledger.stopped
    assert (own.ledger.articles, own.ledger.set_aside.total()) == (6, FRUITLESS)


def test_an_article_with_one_usable_answer_of_many_is_no_useless_one(server: Server) -> None:
    """Each article is cut into two prompts, of which the first alone is answered."""
    server.script = lambda request: answer(NOTHING) if "sentences 0 to 0" in request.prompt else status(400)
    _, own = read(server, [long(7_000 + number, 7_000) for number in range(5)])
    assert (own.ledger.stopped, own.ledger.calls, own.ledger.set_aside.total()) == (None, 5, 5)


def test_an_endpoint_that_comes_back_is_asked_on(server: Server) -> None:
    server.script = by_title({f"t{n}": reset for n in (1, 2, 4, 5, 7, 8)}, GOOD)
    items = records(10)
    found, own = read(server, items, concurrency=1, retries=0)
    assert untouched(found, items) == [1, 2, 4, 5, 7, 8]
    assert own.ledger.stopped is None


@pytest.mark.parametrize("code", [401, 403, 404])
def test_a_fatal_status_ends_all_asking_at_once(server: Server, code: int) -> None:
    server.script, items = always(status(code, "no")), records(30)
    found, own = read(server, items, concurrency=1)
    assert untouched(found, items) == [*range(30)]
    assert own.ledger.stopped
    assert f"HTTP {code}" in own.ledger.stopped
    assert 1 <= own.ledger.set_aside.total() <= AHEAD + 1, "those that were on their way"
    assert len(server.requests) <= AHEAD + 2
    assert own.ledger.unread == 30


def test_retries_are_counted_whatever_came_of_them(server: Server) -> None:
    seen: dict[str, int] = {}

    def script(request: Request) -> Reaction:
        seen[request.title] = seen.get(request.title, 0) + 1
        bad = request.title == "t1" or (request.title == "t0" and seen["t0"] <= 2)
        return status(503) if bad else GOOD

    server.script = script
    _, own = read(server, records(3), retries=3)
    assert seen == {"t0": 3, "t1": 4, "t2": 1}
    assert own.ledger.retries == 2 + 3
    assert own.ledger.calls == 2


@pytest.mark.parametrize("most", [0, 1, 3, 7])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_calls_stay_within_the_budget(server: Server, most: int, concurrency: int) -> None:
    server.wait, items = 0.02, records(12)
    found, own = read(server, items, budget=Budget(calls=most), concurrency=concurrency)
    assert len(server.requests) == own.ledger.calls == most
    assert untouched(found, items) == [*range(most, 12)]
    assert (own.ledger.articles, own.ledger.left, own.ledger.unread) == (most, 12 - most, 0)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_calls_stay_within_the_budget_when_broken_answers_are_asked_for_again(server: Server, concurrency: int) -> None:
    server.script, items = by_title({f"t{n}": answer("broken") for n in (0, 2, 3)}, GOOD), records(12)
    found, own = read(server, items, budget=Budget(calls=5), concurrency=concurrency)
    assert len(server.requests) == own.ledger.calls <= 5
    assert {0, 2, 3} <= {*untouched(found, items)}
    assert own.ledger.left + own.ledger.unread + own.ledger.articles == 12


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("broken", [False, True])
def test_tokens_stay_within_the_budget(server: Server, broken: bool, concurrency: int) -> None:
    usage = tokens_of(prompts_of(record(0))[0]), 500  # of at most 600
    good, bad = answer({"commitments": [LEND]}, usage), answer("broken", usage)
    server.script = lambda request: bad if broken and int(request.title[1:]) % 3 else good
    items = records(40)
    most = 20 * sum(usage) + 150
    options: dict[str, Any] = {"max_tokens": 600, "concurrency": concurrency}
    _, own = read(server, items, budget=Budget(tokens=most), **options)
    spent = len(server.requests) * sum(usage)
    assert spent == own.ledger.tokens_in + own.ledger.tokens_out
    assert most - 2 * (sum(usage) + 100) < spent <= most, "all of it is used, and no more"


def test_what_is_in_the_cache_counts_for_the_budget(server: Server, tmp_path: Path) -> None:
    items = records(10)
    with Cache(tmp_path / "cache") as cache:
        read(server, items[3:9], cache=cache)
        found, own = read(server, items, cache=cache, budget=Budget(calls=5))
    assert untouched(found, items) == [5, 6, 7, 8, 9]
    assert (own.ledger.calls, own.ledger.cached) == (3, 2)


@pytest.mark.parametrize("script", [always(GOOD), by_title({f"t{n}": answer("no") for n in (0, 2, 3, 7, 8)}, GOOD)])
@pytest.mark.parametrize("budget", [Budget(), Budget(calls=5), Budget(tokens=60_000)])
def test_the_same_budget_gives_the_same_again_without_a_call(
    server: Server, tmp_path: Path, script: Any, budget: Budget
) -> None:
    server.script, items = script, records(9)
    with Cache(tmp_path / "cache") as cache:
        first, own = read(server, items, cache=cache, budget=budget)
        count = len(server.requests)
        second, again = read(server, items, cache=cache, budget=budget)
    assert [one.to_json() for one in second] == [one.to_json() for one in first]
    assert (len(server.requests), again.ledger.calls) == (count, 0)
    assert (again.ledger.articles, again.ledger.left) == (own.ledger.articles, own.ledger.left)


def test_what_is_not_wanted_and_what_has_no_record_passes_through(server: Server) -> None:
    items = [("x", record(0), True), ("y", None, True), ("z", record(2), False)]
    with reader(server) as own:
        found = [*own.read(items)]
    assert [key for key, _ in found] == ["x", "y", "z"]
    assert found[1][1] is None
    assert found[2][1] == record(2)
    assert server.titles == ["t0"]
    assert (own.ledger.articles, own.ledger.left) == (1, 1)


def test_an_answer_is_kept_when_it_comes(server: Server, tmp_path: Path) -> None:
    """The first answer does not come, and the run is ended while it waits for it."""
    server.script = by_title({"t0": hang}, GOOD)
    with Cache(tmp_path / "cache") as cache, reader(server, cache=cache, concurrency=3, timeout=1.0, retries=0) as own:
        next(read_all(own, records(4)))
        with closing(sqlite3.connect(tmp_path / "cache")) as rows:  # as another process finds it after a kill
            assert rows.execute("SELECT count(*) FROM answers").fetchone() == (3,)


def test_what_failed_is_asked_for_in_a_later_run(server: Server, tmp_path: Path) -> None:
    server.script = by_title({"t1": status(503), "t3": status(400)}, GOOD)  # not three in a row, which would end it
    with Cache(tmp_path / "cache") as cache:
        read(server, records(5), cache=cache)
    server.script = always(GOOD)
    with Cache(tmp_path / "cache") as cache:
        found, own = read(server, records(5), cache=cache)
    assert all(map(by_model, found))
    assert (own.ledger.calls, own.ledger.cached) == (2, 3)


def test_a_cache_that_cannot_be_written_ends_the_reading_with_a_word(
    server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Cache(tmp_path / "cache") as cache, reader(server, cache=cache) as own:
        with closing(sqlite3.connect(tmp_path / "cache")) as rows:
            rows.execute("DROP TABLE answers")
            rows.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, content, broken, calls, tokens_in, tokens_out)")
        with pytest.raises(SetupError, match="cannot be written"):
            [*read_all(own, records(2))]
    assert "Traceback" not in capfd.readouterr().err


ECHOES = [
    *(lambda key, code=code: always(status(code, f"your key {key} is no good")) for code in (400, 401, 404, 429, 500)),
    lambda key: always(answer({"commitments": [LEND], "note": key, key: key})),
    lambda key: always(answer(f"Your key is {key}.")),
    lambda key: always(raw(f"{{{key}")),
]


@pytest.mark.parametrize("echo", ECHOES)
def test_the_key_is_nowhere(server: Server, tmp_path: Path, secret: str, echo: Any) -> None:
    server.script = echo(secret)
    with Cache(tmp_path / "cache") as cache:
        found, own = read(server, records(2), cache=cache)
    told = [own.ledger.text(), json.dumps(own.ledger.as_json()), repr(own.ledger), repr(own.endpoint), repr(vars(own))]
    assert server.requests
    assert secret not in "".join([*told, *(one.to_json() for one in found)])
    assert all(secret.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_huge_answer_is_read(server: Server) -> None:
    acts = [{**LEND, "trigger": "would lend", "status": "agreed" if n else "pledged"} for n in range(2_000)]
    server.script = always(answer({"commitments": acts, "more": "x" * 500_000}))
    (found,), own = read(server, records(1))
    assert len(found.commitments) == 2
    assert own.ledger.dropped == {"a commitment that is there already": 1_998}
