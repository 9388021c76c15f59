"""How a run is told of: lines in a log, the rate and the time left, and what a terminal is spared."""

import itertools
from collections.abc import Callable

import pytest
import typer

from pipeline.cli.console import Tally, say
from pipeline.run.workers.worker import Outcome

Clock = Callable[[float], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the clock, in seconds since the start."""
    now = [1_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def clock(seconds: float) -> None:
        now[0] = 1_000.0 + seconds

    return clock


def outcomes(count: int) -> list[Outcome]:
    return [Outcome(f"a{n}", "done", words=100) for n in range(count)]


LINES = [
    (1_000, 0, "200 of 1,000 articles, 200 words a second, 0:06:40 left"),
    (1_000, 400, "600 of 1,000 articles, 200 words a second, 0:03:20 left"),
    (100, 0, "200 of 100 articles, 200 words a second, 0:00:00 left"),  # more came than were expected
    (None, 400, "600 articles, 200 words a second"),
]


@pytest.mark.parametrize(("total", "passed", "line"), LINES)
def test_a_line_a_minute(
    at: Clock, capsys: pytest.CaptureFixture[str], total: int | None, passed: int, line: str
) -> None:
    tally = Tally(quiet=False, out="run/", total=total)
    tally.already_done(passed)
    at(30)
    tally.count(outcomes(100))
    assert capsys.readouterr().err == ""
    at(100)
    tally.count(outcomes(100))
    at(101)
    tally.count([])
    assert capsys.readouterr().err == f"corridor: {line}\n"


def test_quiet_is_quiet(at: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally(quiet=True, out="run/", total=10)
    for second in itertools.islice(itertools.count(100, 100), 5):
        at(second)
        tally.count(outcomes(1))
    with pytest.raises(typer.Exit):
        tally.count([Outcome("x", "failed", reason="is empty")])
        tally.finish()
    assert capsys.readouterr().err == "corridor: x: is empty\n"


STEERING = [
    ("plain, é and 中", "plain, é and 中"),
    ("a\x1b[31mb\x07", "a\\x1b[31mb\\x07"),
    ("a\u202eb", "a\\u202eb"),
    ("name\udcff.txt", "name\\udcff.txt"),
    ("[bold]a[/bold]", "[bold]a[/bold]"),
    ("two\nlines", "two\nlines"),
]


@pytest.mark.parametrize(("given", "shown"), STEERING)
def test_a_terminal_is_not_steered(capsys: pytest.CaptureFixture[str], given: str, shown: str) -> None:
    say(given)
    assert capsys.readouterr().err == f"corridor: {shown}\n"
