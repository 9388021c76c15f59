"""PDF: the text as it is read, the offset of each page, and one clear error for what cannot be read."""

import logging
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import reportlab
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Spacer
from sources import documents as make
from sources.documents import LOAN, PORT, ROAD, WATER, One, Reading, Refused, Write

from pipeline.errors import ArticleError
from pipeline.record import page_of
from pipeline.sources import pdf as reader
from pipeline.sources import pdf_pages


def head(canvas: Canvas, number: int) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 800, f"Lake Development Bank, report {number} of the board")
    canvas.drawCentredString(297, 30, str(number + 4))


def left_and_right(canvas: Canvas, number: int) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 800, "Annual report" if number % 2 else "Chapter of the board")
    canvas.drawString(500, 30, f"Page {number}")


def watermark(canvas: Canvas, _: int) -> None:
    canvas.saveState()
    canvas.translate(150, 300)
    canvas.rotate(45)
    canvas.setFont("Helvetica", 60)
    canvas.drawString(0, 0, "DRAFT")
    canvas.restoreState()


def small_print(canvas: Canvas, _: int) -> None:
    canvas.setFont("Helvetica", 7)
    canvas.drawString(72, 60, "1 At the rate of 30 June.")


def ligatures(canvas: Canvas, _: int) -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont("Vera", str(folder / "Vera.ttf")))
    canvas.setFont("Vera", 10)
    canvas.drawString(72, 700, "The e\ufb01cient o\ufb02ine scheme\u00a0costs \u20ac5 million.")


def on_its_side(canvas: Canvas, _: int) -> None:
    canvas.setFont("Helvetica", 10)
    canvas.translate(300, 100)
    canvas.rotate(90)
    for number, row in enumerate(ROWS[:3]):
        for place, cell in enumerate(row):
            canvas.drawString(place * 150, -number * 18, cell)


def far_bullets(canvas: Canvas, _: int) -> None:
    canvas.setFont("Helvetica", 10)
    for number, text in enumerate(("A loan for the port.", "A grant for the road.", "A bond.")):
        canvas.drawString(72, 700 - 14 * number, "\u2022")
        canvas.drawString(100, 700 - 14 * number, text)


def cells(*rows: Sequence[Any]) -> make.Table:
    return make.grid([[Paragraph(str(cell), make.PROSE) for cell in row] for row in rows], colWidths=[150, 100, 60])


ROWS = [
    ["Component", "Cost (million)", "Year"],
    ["Northern road", "120.5", "2027"],
    ["Bridge of the lake", "30.0", "2028"],
    ["Total", "150.5", ""],
]
IN_LINES = [" | ".join(cell for cell in row if cell) for row in ROWS]
LONG = "Rehabilitation of the northern railway between the port and the lake"
SHORT = [*ROWS[:2], [Paragraph(LONG, make.PROSE), "30.0", "2028"]]
HANGING = ParagraphStyle("hanging", parent=make.PROSE, leftIndent=20, firstLineIndent=-20, alignment=0)
GRANT = (
    "(a) A grant for the port of Tadjourah was approved on Monday by the Horn Fund of Investment."
    " Djibouti pays the rest."
)
NOTE = "It pays $5 million<super>1</super> for less CO<sub>2</sub> in the valley of the river."
ITEMS = [f"{number}. A road of {number} km to the port" for number in range(8, 12)]
BULLETS = [f"\u2022 {text}" for text in (LOAN, PORT)]
NARROW = ["The fund lends Peru $40 million for two hospitals, and Chile as much again", "for a line.", "Later it met."]
OVER = ("The fund will lend Nepal 30 million dollars for the", "hospital of Pokhara by 2030.")
FOUR = [LOAN, ROAD, PORT, WATER]
TEXTS: dict[str, tuple[bytes, list[str]]] = {
    "paragraphs": (make.pdf(make.paragraphs(LOAN, ROAD, PORT)), [LOAN, ROAD, PORT]),
    "no space between paragraphs": (make.drawn(make.lines(*NARROW)), [f"{NARROW[0]} {NARROW[1]}", NARROW[2]]),
    "a heading": (
        make.pdf([Paragraph("1. Projects of the year", make.HEADING), *make.paragraphs(LOAN)]),
        ["1. Projects of the year", LOAN],
    ),
    "a list": (make.pdf(make.paragraphs(*BULLETS)), BULLETS),
    "a numbered list of short lines": (make.pdf(make.paragraphs(*ITEMS)), ITEMS),
    "an item whose further lines hang": (make.pdf([Paragraph(GRANT, HANGING), *make.paragraphs(LOAN)]), [GRANT, LOAN]),
    "small print inside a sentence": (
        make.drawn(make.both(make.lines(OVER[0], y=100), small_print), make.lines(OVER[1])),
        ["1 At the rate of 30 June.", " ".join(OVER)],
    ),
    "ligatures and spaces": (make.drawn(ligatures), ["The eficient ofline scheme costs \u20ac5 million."]),
    "raised and lowered digits": (
        make.pdf(make.paragraphs(NOTE)),
        ["It pays $5 million\u00b9 for less CO\u2082 in the valley of the river."],
    ),
    "heads, feet and page numbers": (make.pdf(make.pages(*FOUR), draw=head), FOUR),
    "heads of left and right pages": (make.pdf(make.pages(*FOUR), draw=left_and_right), FOUR),
    "a watermark": (make.pdf(make.pages(LOAN, ROAD, PORT), draw=watermark), [LOAN, ROAD, PORT]),
    "two columns": (make.pdf(make.paragraphs(*FOUR * 6), columns=2), FOUR * 6),
    "three columns": (make.pdf(make.paragraphs(*FOUR * 6), columns=3), FOUR * 6),
    "a table with rules": (
        make.pdf([*make.paragraphs(LOAN), make.grid(ROWS), Spacer(1, 20), *make.paragraphs(ROAD)]),
        [LOAN, *IN_LINES, ROAD],
    ),
    "a table without rules": (
        make.pdf([*make.paragraphs(LOAN), make.grid(ROWS, lines=False), Spacer(1, 20), *make.paragraphs(ROAD)]),
        [LOAN, *IN_LINES, ROAD],
    ),
    "a cell of several lines": (
        make.pdf([cells(*ROWS[:2], [LONG, "30.0", "2028"], ROWS[2])]),
        [*IN_LINES[:2], f"{LONG} | 30.0 | 2028", IN_LINES[2]],
    ),
    "a cell of several lines in the last row": (
        make.pdf([make.grid(SHORT, colWidths=[150, 100, 60]), Spacer(1, 14), *make.paragraphs(ROAD)]),
        [*IN_LINES[:2], f"{LONG} | 30.0 | 2028", ROAD],
    ),
    "a page that lies on its side": (make.drawn(on_its_side), IN_LINES[:3]),
    "far bullets are no table": (
        make.drawn(far_bullets),
        ["\u2022 A loan for the port.", "\u2022 A grant for the road.", "\u2022 A bond."],
    ),
    "text outside of the page": (
        make.drawn(make.both(make.lines(LOAN[:80]), make.lines("This is not seen by any reader.", x=2_000))),
        [LOAN[:80].strip()],
    ),
    "a password to print only": (
        make.drawn(make.lines(LOAN[:60]), encrypt=StandardEncryption("", "owner", canCopy=1)),
        [LOAN[:60].strip()],
    ),
}


@pytest.mark.parametrize(("data", "texts"), TEXTS.values(), ids=TEXTS)
def test_the_text(read_one: One, data: bytes, texts: list[str]) -> None:
    assert read_one("a.pdf", data).text == "\n\n".join(texts)


PAGES: dict[str, tuple[bytes, str, list[str]]] = {
    "one text each": (make.pdf(make.pages(LOAN, ROAD, PORT)), f"{LOAN}\n\n{ROAD}\n\n{PORT}", [LOAN, ROAD, PORT]),
    "a blank page": (
        make.drawn(make.lines(LOAN[:59]), make.blank, make.lines(ROAD[:60])),
        f"{LOAN[:59]}{ROAD[:60]}",
        ["The Lake", " Uganda", "Uganda"],
    ),
    "a sentence that runs over": (
        make.drawn(make.lines(OVER[0], y=100), make.lines(OVER[1])),
        " ".join(OVER),
        list(OVER),
    ),
    "a word that runs over": (
        make.drawn(make.lines("The ministry announced a develop-"), make.lines("ment plan for 2030.")),
        "The ministry announced a development plan for 2030.",
        ["The ministry", "ment plan"],
    ),
}


@pytest.mark.parametrize(("data", "text", "starts"), PAGES.values(), ids=PAGES)
def test_each_page_has_its_offset(read_one: One, data: bytes, text: str, starts: list[str]) -> None:
    article = read_one("a.pdf", data)
    assert (article.text, article.pages) == (text, [text.index(start) for start in starts])
    assert [page_of(article, start) for start in article.pages or []][-1] == len(starts)


def test_what_the_file_says_of_itself(read_one: One) -> None:
    data = make.pdf(make.paragraphs(LOAN), title="Annual report of the Lake Development Bank", author="A. Person")
    article = read_one("a.pdf", data, source="Lake Development Bank")
    assert (article.title, article.source) == ("Annual report of the Lake Development Bank", "Lake Development Bank")
    assert article.date is None and article.language == "en"
    assert read_one("a.pdf", data, date="2025-03-04").date == "2025-03-04"


@pytest.mark.parametrize(
    "title", ["", "Microsoft Word - annex 3 final.docx", "annex final v2.indd", "untitled", "Slide 1", "1234 5678"]
)
def test_a_title_made_up_by_a_program_is_none(read_one: One, title: str) -> None:
    assert read_one("a.pdf", make.pdf(make.paragraphs(LOAN), title=title)).title is None


HYPHENS = [
    (("a plan of develop-", "ment in the north"), "a plan of development in the north"),
    (("of co-operation here: the co-", "operation council"), "of co-operation here: the co-operation council"),
    (("long loans and term limits, long-", "term loans"), "long loans and term limits, long-term loans"),
    (("the Sino-", "Lao railway"), "the Sino-Lao railway"),
    (("in the year 2025-", "26 it rose"), "in the year 2025-26 it rose"),
    (("the Nairobi\u2013", "Mombasa line"), "the Nairobi\u2013Mombasa line"),
    (("grants and/", "or loans"), "grants and/or loans"),
    (("a plan -", "or none"), "a plan - or none"),
]


@pytest.mark.parametrize(("parted", "mended"), HYPHENS)
def test_hyphens_at_a_line_end(read_one: One, parted: tuple[str, str], mended: str) -> None:
    width = 60  # letters, so that no line has room left
    padded = [("x " * width)[: width - len(parted[0]) - 1].strip() + " " + parted[0], parted[1]]
    assert read_one("a.pdf", make.drawn(make.lines(*padded))).text.endswith(mended)


def test_rows_of_numbers_at_the_edges_are_no_heads(read_one: One) -> None:
    sheets = [
        make.lines(f"Kenya {n} loans of {n * 7} million", f"Uganda {n + 3} loans of {n * 9} million") for n in (1, 2, 3)
    ]
    text = read_one("a.pdf", make.drawn(*sheets)).text
    assert text.count("Kenya") == 3 and text.count("Uganda") == 3


SAME = make.lines("A loan was signed.", "It is for a road.", "It runs over nine years.", "A road will be built.")
MORE = make.lines("A loan was signed.", "It is for a road.", "It runs over nine years.", "A bridge will be built.")


@pytest.mark.parametrize(
    ("sheets", "times"),
    [
        ((SAME, SAME), 2),
        ((make.both(SAME, head), make.both(SAME, head)), 2),
        ((SAME, SAME, make.lines(LOAN[:60]), make.lines(ROAD[:60])), 2),
        ((make.lines("A loan was signed."), make.lines("A loan was signed.")), 2),
        ((SAME, MORE, make.lines("A loan was signed.", "It is for a road.", "A road will be built.")), 1),
    ],
)
def test_pages_with_the_same_lines_keep_their_text(read_one: One, sheets: tuple[make.Draw, ...], times: int) -> None:
    assert read_one("a.pdf", make.drawn(*sheets)).text.count("A loan was signed.") >= times


def column(words: str, number: int, x: float) -> make.Draw:
    return make.lines(*[f"{words} of {n} million that is in this line" for n in range(number)], x=x)


def test_a_second_column_of_few_lines(read_one: One) -> None:
    first = make.both(column("A loan", 9, 72), column("A grant", 9, 310))
    second = make.both(column("A bond", 9, 72), column("A swap", 2, 310))
    text = read_one("a.pdf", make.drawn(first, second)).text
    assert text.index("bond of 8") < text.index("swap of 0") and " | " not in text


def test_a_title_over_two_columns_comes_first(read_one: One) -> None:
    left = make.lines(*[f"The left column tells of loan number {n} of it" for n in range(8)], x=72)
    right = make.lines(*[f"The right column tells of road number {n} too" for n in range(8)], x=310)
    title = make.lines("A title of the page that stands over the two columns and is rather long, as titles are", y=730)
    text = read_one("a.pdf", make.drawn(make.both(left, right, title))).text
    assert text.startswith("A title")
    assert text.index("loan number 7") < text.index("road number 0")


SOME, MORE = make.lines(LOAN[:60]), make.lines(ROAD[:60])
VIEWER = "damaged; open it in a PDF viewer and save it anew"
REFUSED = [
    (make.drawn(SOME, MORE, make.scan), "page 3 has no text; OCR it first"),
    (make.drawn(SOME, make.scan, make.scan, MORE, make.scan), "pages 2-3 and 5 have no text; OCR them first"),
    (make.drawn(make.scan), "page 1 has no text; OCR it first"),
    (make.drawn(make.scan, make.scan), "none of its 2 pages has text; OCR them first"),
    (make.drawn(*(make.both(page, head) for page in (SOME, MORE, make.scan))), "page 3 has no text; OCR it first"),
    (make.drawn(SOME, encrypt=StandardEncryption("x", canCopy=0)), "is encrypted; save a copy without password"),
    (make.drawn(*[make.blank] * 5_000), "has 5,000 pages, more than 2,000; split it"),
    *((data, "no PDF") for data in (b"", b"PK\x03\x04 a zip archive", b"a loan of $3 million was signed")),
    *((data, VIEWER) for data in (b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\xff\x00" * 500, make.drawn(SOME)[:700])),
]


@pytest.mark.parametrize(("data", "reason"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_read_is_named(refused: Refused, data: bytes, reason: str) -> None:
    assert refused("bad.pdf", data).startswith(f"bad.pdf: {reason}")


def test_too_large(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make.drawn(make.lines(LOAN[:60]))
    monkeypatch.setattr(pdf_pages, "_LETTERS", 10)  # in the process of PDFium it has its own value
    with pytest.raises(ArticleError, match=r"a.pdf: over 10 letters: not one article; split it"):
        pdf_pages.read_pages(data, "a.pdf")
    monkeypatch.setattr(reader, "_BYTES", 100)
    assert "over 100 bytes" in refused("bad.pdf", data)


@pytest.mark.slow
def test_a_file_that_pdfium_crashes_on_costs_itself_only(refused: Refused) -> None:
    """Forms that draw the next one twice: 5 kB, of which PDFium makes 16 million; nothing can interrupt it."""
    assert refused("bad.pdf", forms(24)) == (
        "bad.pdf: PDFium crashed or needed too much memory on it; print it anew as a PDF, or split it"
    )


def test_a_file_that_takes_too_long_costs_itself_only(
    refused: Refused, read_one: One, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SECONDS", 0.2)
    assert "PDFium took over 0.2 seconds on it; print it anew as a PDF, or split it" in refused("bad.pdf", forms(23))
    monkeypatch.setattr(reader, "SECONDS", 60.0)
    assert read_one("a.pdf", make.drawn(make.lines(LOAN[:60]))).text == LOAN[:60].strip()


def forms(depth: int) -> bytes:
    """A page that draws a form, which draws the next one twice, and so on."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> >>",
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(depth):
        draw = b"/X Do /X Do" if number < depth - 1 else b"BT /F 10 Tf 72 700 Td (A loan) Tj ET"
        inside = b"<< /Font << /F 5 0 R >> /XObject << /X %d 0 R >> >>" % (7 + number)
        head = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Length %d /Resources %s" % (len(draw), inside)
        parts.append(b"<< %s >>\nstream\n%s\nendstream" % (head, draw))
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, part) for number, part in enumerate(parts, 1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R /Size 6 >>\n%%EOF\n"


def test_a_stream_that_would_fill_the_memory(refused: Refused) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 24)) for _ in range(13)) + packer.flush()
    page = b"%PDF-1.4\n4 0 obj\n<< /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream\nendobj\n%%EOF"
    assert "a part of it unpacks to over 200,000,000 bytes" in refused("bad.pdf", page)


def letters(canvas: Canvas, _: int) -> None:
    """Ten thousand lines of one letter."""
    for number in range(10_000):
        canvas.drawString(100, 5 + number * 0.08, "a")


def grains(canvas: Canvas, _: int) -> None:
    """A line of thousands of cells, and columns without end."""
    canvas.setFont("Helvetica", 0.5)
    for number in range(6_000):
        canvas.drawString(5 + number * 0.09, 700, "a b")
    for place in range(120):
        for number in range(6):
            canvas.drawString(5 + place * 4.9, 600 - number, "of the many loans")


@pytest.mark.parametrize("draw", [letters, grains])
def test_pages_that_no_one_printed_are_read_in_time(read_one: One, draw: make.Draw) -> None:
    data = make.drawn(draw)
    begin = time.process_time()
    assert read_one("a.pdf", data).text
    assert time.process_time() - begin < 8


def test_a_file_without_its_end_gives_a_warning(
    write: Write, reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    data = make.drawn(make.lines(LOAN[:60]))
    with caplog.at_level(logging.WARNING, "corridor"):
        articles, _ = reading(write("a.pdf", data[: data.index(b"%%EOF", 20)]))
    assert articles and "a.pdf: cut off at its end; some text may be missing" in caplog.text
