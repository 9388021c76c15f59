"""RTF: the text that it shows."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str, str | bytes], Path]
Reading = Callable[..., tuple[list, list]]
RTF = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}}{\info{\title X}}\f0\fs24 "
    rb"Japan\rquote s loan of \u8364?5m, caf\'e9 \u-10179?\u-8704?\par "
    rb'{\field{\*\fldinst{HYPERLINK "http://daily.example" }}{\fldrslt{The road}}} was opened.\par}'
)


def test_rtf(write: Write, reading: Reading) -> None:
    article = reading(write("a.rtf", RTF), title="Loan signed", source="Dawn", date="2025-03-07")[0][0]
    assert article.text == "Japan’s loan of €5m, café \U0001f600\nThe road was opened.\n"
    assert (article.title, article.source, article.date) == ("Loan signed", "Dawn", "2025-03-07")


REFUSED = [
    (b"", "not RTF"),
    (b"A loan was signed.", "not RTF"),
    (rb"{\rtf1 }", "holds no text"),
    (rb"{\rtf1 \u99999999? x}", "damaged, or not RTF"),
    (rb"{\rtf1 " + rb"{\field{\*\fldinst{" * 200_000, "holds no text"),
    (rb"{\rtf1 {\fonttbl" + rb"\f1\fcharset1 " * 200_000, "holds no text"),
    (rb"{\rtf1 " + b"{" * 2_000_000, "holds no text"),
    (rb"{\rtf1 " + b"x" * 20_000_000, "over 20,000,000 bytes"),
]


@pytest.mark.parametrize(("data", "reason"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused_is_refused_in_time(write: Write, reading: Reading, data: bytes, reason: str) -> None:
    begin = time.perf_counter()
    articles, errors = reading(write("a.rtf", data))
    assert articles == [] and len(errors) == 1 and errors[0].startswith("a.rtf: ") and reason in errors[0]
    assert time.perf_counter() - begin < 10
