"""Messages: subject, date, sender and text; whatever else is in them does no harm."""

import logging
import time
from base64 import b64encode
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

Write = Callable[[str, str | bytes], Path]
Reading = Callable[..., tuple[list, list]]
TEXT = "The ministry signed a loan for the “northern” line of the République.\n"
PAGE = f"<html><body><article>{'<p>The ministry signed a loan of $50 million for the northern line on Monday.</p>' * 4}"
HEAD = "Subject: Rail loan signed\nFrom: The Daily <news@daily.example>\nDate: Fri, 07 Mar 2025 23:39:00 +0500\n"


def message(*parts: tuple[str, str], attached: str = "") -> bytes:
    made = EmailMessage()
    made["Subject"], made["From"] = "Rail loan signed – République", "The Daily <news@daily.example>"
    made["Date"] = "Fri, 07 Mar 2025 23:39:00 +0500 (PKT)"
    (kind, first), *others = parts
    made.set_content(first, subtype=kind)
    for kind, other in others:
        made.add_alternative(other, subtype=kind)
    if attached:
        made.add_attachment(attached, filename="other.txt")
    return made.as_bytes()


def test_a_message(write: Write, reading: Reading) -> None:
    path = write("a.eml", message(("plain", TEXT), ("html", PAGE), attached="An attachment."))
    (article,), errors = reading(path, title="Other", source="Other", date="2020-01-01")
    assert (article.title, article.source) == ("Rail loan signed – République", "The Daily")
    assert (article.date, article.text, errors) == ("2025-03-07", TEXT, [])


def test_a_message_with_a_page_only(write: Write, reading: Reading) -> None:
    article = reading(write("a.eml", message(("html", PAGE))))[0][0]
    assert article.text.startswith("The ministry signed a loan of $50 million") and "<" not in article.text


def test_a_sender_without_a_name_and_no_date(write: Write, reading: Reading) -> None:
    path = write("a.eml", f"From: news@daily.example\n\n{TEXT}")
    article = reading(path, title="Given", source="Dawn", date="2020-01-01")[0][0]
    assert (article.title, article.source, article.date) == ("Given", "Dawn", "2020-01-01")


BODIES = [
    (f"{HEAD}\n{TEXT}".encode(), TEXT),
    (f"{HEAD}\n{TEXT}".encode("cp1252"), TEXT),
    (f"{HEAD}Content-Type: text/plain; charset=us-ascii\n\n{TEXT}".encode(), TEXT),
    (f"{HEAD}Content-Type: text/plain; charset=koi8-r\n\nБанк signed a loan.".encode("koi8-r"), "Банк signed a loan."),
    (f"{HEAD}Content-Type: text/plain; charset=no-such\n\n{TEXT}".encode(), TEXT),
    (f"{HEAD}Content-Type: text/plain; charset=hex\n\n{TEXT}".encode(), TEXT),
    (f"{HEAD}Content-Type: text/plain; charset=\"\0\"\n\n{TEXT}".encode(), TEXT),
    (f"{HEAD}Content-Transfer-Encoding: base64\n\n".encode() + b64encode(TEXT.encode()), TEXT),
    (f"{HEAD}Content-Transfer-Encoding: base64\n\n".encode() + b64encode(TEXT.encode())[:-1] + b"!", TEXT),
    (f"{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\n\n{TEXT}".encode(), TEXT),  # cut
]  # fmt: skip


@pytest.mark.parametrize(("data", "text"), BODIES, ids=range(len(BODIES)))
def test_encodings_of_the_text(write: Write, reading: Reading, data: bytes, text: str) -> None:
    (article,), errors = reading(write("a.eml", data))
    assert (article.text.strip(), errors) == (text.strip(), [])
    assert (article.title, article.source, article.date) == ("Rail loan signed", "The Daily", "2025-03-07")


SUBJECTS = [
    (b"=?utf-8?q?Rail_loan?=\r\n =?utf-8?b?IHNpZ25lZA==?=", "Rail loan signed"),
    ("Prêt “signé”".encode(), "Prêt “signé”"),
    ("Prêt signé".encode("cp1252"), "Prêt signé"),
    (b"=?x-bad?q?Rail?= loan", "Rail loan"),
    (b"=?utf-8?b?abc!?=", "=?utf-8?b?abc!?="),
    (b"half \\ud800 pair", "half \\ud800 pair"),
    (b"=?utf-16?b?ANg=?=", None),
    (b" ", None),
]


@pytest.mark.parametrize(("written", "subject"), SUBJECTS)
def test_subjects(write: Write, reading: Reading, written: bytes, subject: str | None) -> None:
    (article,), errors = reading(write("a.eml", b"Subject: " + written + b"\r\n\r\nA loan was signed."))
    assert errors == []
    assert article.title == subject or subject is None


def test_a_date_that_is_none_is_told(write: Write, reading: Reading, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        article = reading(write("a.eml", "Date: soon\n\nA loan was signed."))[0][0]
    assert article.date is None and "the date 'soon' is not a full date" in caplog.text


ATTACHED = """Subject: x
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: message/rfc822

Subject: another

Another message.
--B
Content-Disposition: ATTACHMENT

A file.
--B--
"""
REFUSED = [
    (b"A loan was signed.", "not a message: it has no headers"),
    (b"", "not a message: it has no headers"),
    (b"Subject: x\n\n \n", "holds no text"),
    (ATTACHED.encode(), "holds no text"),
    (b"Subject: x\nContent-Type: text/html\n\n<p></p>", "no main text found"),
    (b"Subject: x\n\na\0b", "NUL"),
    (b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(9_000)), "too deep"),
    (b"Content-Type: message/rfc822\n\n" * 20_000, "too deep"),
    (b"Content-Type: text/plain; " + b"a*1=b; " * 500_000 + b"\n\nA loan.", "a header of over 5,000 characters"),
    (b"Content-Type: text/plain;" + b"\n a*1=b;" * 500_000 + b"\n\nA loan.", "a header of over 5,000 characters"),
    (b"a: b\n" * 3_000_000 + b"\nA loan.", "over 1,000,000 lines"),
    (b"Subject: x\n\n" + b"x" * 41_000_000, "over 40,000,000 bytes"),
]


@pytest.mark.parametrize(("data", "reason"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused_is_refused_in_time(write: Write, reading: Reading, data: bytes, reason: str) -> None:
    begin = time.perf_counter()
    articles, errors = reading(write("a.eml", data))
    assert articles == [] and len(errors) == 1 and errors[0].startswith("a.eml: ") and reason in errors[0]
    assert time.perf_counter() - begin < 10
