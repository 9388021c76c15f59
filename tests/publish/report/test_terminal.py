"""What `corridor show` prints of a record."""

from io import StringIO
from typing import Any

import pytest
from builders import DOLLARS, FIRST, SECOND, at, commitment, within
from builders import record as article_record
from rich.console import Console

from pipeline.publish.report.terminal import render
from pipeline.record import (
    Actor,
    Amount,
    Article,
    Commitment,
    Date,
    Evidence,
    Flow,
    Limit,
    Project,
    Quote,
    Record,
    Sector,
    digest,
)

TERMS: dict[Any, str] = {"interest": "2%", "maturity": "20 years", "grace": "5 years"}


def loan(**values: Any) -> Commitment:
    return commitment(**{"amounts": [DOLLARS], "evidence": [Evidence(sentence=0, **within(FIRST))]} | values)


def record(**values: Any) -> Record:
    return article_record("peru-1", {"title": "Ring road", "url": None}, **{"commitments": [loan()]} | values)


def printed(shown: Record, width: int = 80, color: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=color, color_system="standard" if color else None)
    console.print(render(shown))
    return out.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        "Ring road",
        "Wire · 2025-05-02 · peru-1",
        "Actors (3)",
        "Peru        country PER",
        "Rosa Lima   person PER   Minister",
        "Ica ring road  project PER  210 Transport & Storage",
        "1. Andes Bank → finance, pledged → Peru  0.80",
        "on        Ica ring road",
        "how much  up to 700 m USD “$700m”",
        "when      2027 “2027”",
        "said by   Rosa Lima",
        "Sectors: 210 Transport & Storage",
        "money     Andes Bank -> Peru, loan",
    ],
)
def test_lines(line: str) -> None:
    assert line in [shown.strip() for shown in printed(record()).splitlines()]


def test_the_sentence_stands_below_and_only_it() -> None:
    shown = " ".join(printed(record()).split())
    assert f"“{FIRST}”" in shown
    assert SECOND not in shown


def test_the_trigger_is_set_off() -> None:
    assert "\x1b[1;3;7mwould lend\x1b[0m" in printed(record(), color=True)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, printed(record(), width).splitlines())) <= width
    assert "700" in printed(record(), width)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"by": []}, "(nobody named) → finance, pledged → Peru"),
        ({"negated": True, "status": "cancelled"}, "→ finance, denied → Peru"),
        ({"flow": Flow(instrument="grant", recipient=["a2"])}, "money     (not named) -> Peru, grant"),
        (
            {"flow": Flow(instrument="loan", provider=["a1"], recipient=["a2"], terms=TERMS)},
            "money     Andes Bank -> Peru, loan, 2%, 20 years, grace 5 years",
        ),
        ({"boilerplate": True}, "pledged (no part of the story) → Peru"),
        ({"with_": ["a2"], "to": []}, "with      Peru"),
        ({"by": ["a9"]}, "a9 → finance"),
        ({"amounts": []}, "→ finance"),
    ],
)
def test_blocks(values: dict[str, Any], words: str) -> None:
    assert words in printed(record(commitments=[loan(**values)]))


def test_the_number_is_the_row_confidence_where_all_have_one() -> None:
    sure, unsure = loan(row_confidence=0.42), loan(id="c2")
    line, *_ = [line for line in printed(record(commitments=[sure])).splitlines() if line.startswith("  1. ")]
    assert line.rstrip().endswith("0.42")
    assert "its row confidence: the estimated chance that kind" in one_line(printed(record(commitments=[sure])))
    both = printed(record(commitments=[sure, unsure]))
    assert "0.42" not in both
    assert "its confidence: the estimated chance that the article states it" in one_line(both)


def test_commitments_stand_in_the_order_of_the_article() -> None:
    later = loan(
        id="c2", kind="policy", trigger=Quote(**at("40 km")), evidence=[Evidence(sentence=1, **within(SECOND))]
    )
    shown = printed(record(commitments=[later, loan()]))
    assert shown.index("1. Andes Bank → finance") < shown.index("2. Andes Bank → policy")


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_lines_without_a_value_are_left_out() -> None:
    shown = printed(record(commitments=[loan(amounts=[], dates=[], attributed_to=None, projects=[], flow=None)]))
    assert not any(label in shown for label in ("money  ", "how much", "when", "said by", "None"))


def test_an_empty_record_says_so() -> None:
    shown = printed(record(actors=[], projects=[], commitments=[], sectors=[]))
    assert shown.count("none found") == 4


def test_a_foreign_language_is_said() -> None:
    shown = printed(article_record(article={"language": "de", "title": None}))
    assert "(no title)" in shown
    assert "The text is not English (de)" in shown


def hostile(text: str) -> Record:
    """A record whose every word was written by somebody who means ill."""
    span = {"text": text, "start": 0, "end": len(text)}
    article = Article(id=text, title=text, source=text, url=text, language=text, sha256=digest(text), text=text)
    return Record(
        article=article,
        actors=[Actor(id="a1", name=text, kind="person", country=text, role=text, confidence=1)],
        projects=[Project(id="p1", name=text, programme=True, countries=[text], confidence=1)],
        commitments=[
            loan(
                trigger=Quote(**span),  # type: ignore[arg-type]
                amounts=[Amount(**span, value=1, currency=text)],  # type: ignore[arg-type]
                dates=[Date(**span, iso=text)],  # type: ignore[arg-type]
                evidence=[Evidence(sentence=0, start=0, end=len(text))],
            )
        ],
        sectors=[Sector(code=text, label=text, confidence=1)],
    )


def test_markup_is_printed_as_it_stands() -> None:
    text = "[red]x[/red] [/nothing] [link=file:///y]z[/link] :boom:"
    assert printed(hostile(text), 200).count(text) >= 12


@pytest.mark.parametrize("text", ["\x1b[2J\x1b]0;owned\x07 x", "a\x9b31m b", "\u202eabc\u2066d", "a\rb\x00\x7f"])
def test_nothing_reaches_the_terminal_that_it_would_act_on(text: str) -> None:
    shown = printed(hostile(text))
    assert all(c.isprintable() for c in shown.replace("\n", ""))


def test_limits_that_the_text_went_beyond_are_told_once_each() -> None:
    cut = [Limit(name="sentence", sentence=n, found=found, kept=500) for n, found in ((0, 602), (4, 2_900))]
    assert "and cut: sentence (2,900, taken 500 at a time)." in printed(record(limits=cut), width=120)
    assert "Longer than" not in printed(record())


def test_the_page_stands_after_the_sentence() -> None:
    paged = article_record("peru-1", {"pages": [0, len(FIRST)]})
    shown = " ".join(printed(paged).split())
    assert f"“{FIRST}” p. 1" in shown and f"“{SECOND}” p. 2" in shown
    assert " p. 1" not in printed(record())
