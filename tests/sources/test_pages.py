"""Web pages and messages: the main text and what they say of themselves; foreign code does no harm."""

import logging
from email.message import EmailMessage

import pytest
from sources.documents import Read, Reading, Write

BODY = (
    "<h1>Rail loan signed</h1>"
    "<p>The ministry of the r\u00e9publique said on Monday that it had signed a loan of $50 million.</p>"
    "<p>Work on the northern line will begin in June, according to officials who spoke after the ceremony.</p>"
    "<p>The rest of the cost, about a third, is to come out of the country\u2019s own budget over four years.</p>"
)
HEAD = (
    '<meta charset="{charset}"><title>Rail loan signed | The Daily</title>'
    '<meta property="og:site_name" content="The Daily"><meta property="og:title" content="Rail loan signed">'
    '<meta property="article:published_time" content="2025-03-07T16:39:00+05:00">'
    '<link rel="canonical" href="https://daily.example/rail">'
)


def page(body: str = BODY, head: str = HEAD, charset: str = "utf-8", before: str = "<!DOCTYPE html>") -> str:
    menu = '<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>'
    return (
        f"{before}<html><head>{head.format(charset=charset)}</head><body>{menu}<article>{body}</article></body></html>"
    )


def test_a_page(read_file: Read) -> None:
    article = read_file("a.html", page(), date="2020-01-01", source="Other")[0][0]
    assert (article.title, article.date, article.source) == ("Rail loan signed", "2025-03-07", "The Daily")
    assert article.url == "https://daily.example/rail" and article.language == "en"
    assert "signed a loan of $50 million" in article.text and "Sport" not in article.text


def test_a_page_that_says_nothing_of_itself(read_file: Read) -> None:
    article = read_file("a.htm", page(head=""), date="2020-01-01", source="Other")[0][0]
    assert (article.date, article.source, article.url) == ("2020-01-01", "Other", None)


XML = '<?xml version="1.0" encoding="iso-8859-1"?>'
CHARSETS = [
    (page().encode("utf-8"), False),
    (page().encode("utf-8-sig"), False),
    (page().encode("utf-16"), False),
    (page(charset="windows-1252").encode("cp1252"), False),
    (page(charset="ISO-8859-1").encode("cp1252"), False),  # browsers read the one as the other
    (page(charset="windows-1252").encode("utf-8"), False),  # declared wrongly
    (page(head="", before=XML).encode("cp1252"), False),
    (page(head="").encode("cp1252"), True),
    (page(charset="no-such").encode("cp1252"), True),
    (page(charset="punycode").encode("cp1252"), True),
]


@pytest.mark.parametrize(("content", "told"), CHARSETS)
def test_charsets(read_file: Read, caplog: pytest.LogCaptureFixture, content: bytes, told: bool) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        article = read_file("a.html", content)[0][0]
    assert "r\u00e9publique" in article.text and "country\u2019s" in article.text
    assert ("Windows-1252" in caplog.text) == told


def test_a_declared_charset_is_used(read_file: Read) -> None:
    russian = BODY.replace("r\u00e9publique", "республики").replace("\u2019", "'")
    assert "республики" in read_file("a.html", page(russian, charset="koi8-r").encode("koi8-r"))[0][0].text


BOMB = (
    '<!DOCTYPE html [<!ENTITY a "'
    + "ha" * 50
    + '">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in zip("abcdef", "bcdefg", strict=True))
    + "]>"
)
XXE = '<!DOCTYPE html [<!ENTITY g SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("doctype", [BOMB, XXE])
def test_entities_are_not_expanded(read_file: Read, doctype: str) -> None:
    article = read_file("a.html", page(f"<p>&g;</p>{BODY}", before=doctype))[0][0]
    assert len(article.text) < 1_000


LONG = ["M 1 2 L 3 4 " * 5_000, "a > b and so on " * 5_000]


@pytest.mark.parametrize("value", LONG)
def test_long_attributes_are_no_harm(read_file: Read, value: str) -> None:
    assert "northern line" in read_file("a.html", page(f'<svg><path d="{value}"/></svg>{BODY}'))[0][0].text


def test_a_page_whose_metadata_cannot_be_read(read_file: Read, caplog: pytest.LogCaptureFixture) -> None:
    articles, errors = read_file("a.html", page().replace("+05:00", "+24:00"))
    assert ("a loan of $50 million" in articles[0].text, errors) == (True, [])
    assert "a.html: the metadata cannot be read" in caplog.text


TEXT = "The ministry signed a loan for the “northern” line of the République.\n"
PAGE = f"<html><body><article>{'<p>The ministry signed a loan of $50 million for the northern line on Monday.</p>' * 4}"


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


def test_a_message_with_a_page_only(read_file: Read) -> None:
    article = read_file("a.eml", message(("html", PAGE)))[0][0]
    assert article.text.startswith("The ministry signed a loan of $50 million") and "<" not in article.text


def test_parts_within_parts_are_refused(read_file: Read) -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(9_000))
    assert read_file("a.eml", nested) == ([], ["a.eml: parts within parts, too deep to read"])
