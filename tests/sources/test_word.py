"""Word and RTF: paragraphs and tables in their order, and one clear error for what cannot be read."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from sources import documents as make
from sources.documents import LOAN, PORT, ROAD, One, Read, Refused

from pipeline.sources import word as reader

CASES = yaml.safe_load(Path(__file__).with_name("cases").joinpath("word.yaml").read_text(encoding="utf-8"))


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word(*texts: str) -> Any:
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    return document


def headings_lists_and_tables() -> Any:
    document = Document()
    document.add_heading("Projects of the year", 1)
    document.add_paragraph(LOAN)
    table = document.add_table(2, 3)
    for row, cells in zip(table.rows, (["Component", "Cost", "Year"], ["Northern road", "120.5", ""]), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("A loan for the port", style="List Bullet")
    document.add_paragraph("")
    document.add_paragraph(ROAD)
    return document


def heads_and_feet() -> Any:
    document = word(LOAN)
    document.sections[0].header.paragraphs[0].text = "Lake Development Bank"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    return document


def cells_with_paragraphs() -> Any:
    document = Document()
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text = "Northern\nroad"
    cells[1].text = "120.5"
    cells[1].add_paragraph("million")
    cells[1].add_table(1, 2).rows[0].cells[0].text = "of which 30 in 2027"
    return document


def merged_cells() -> Any:
    document = Document()
    table = document.add_table(2, 3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"c{number}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    return document


def frame() -> Any:
    document = Document()
    cell = document.add_table(1, 1).rows[0].cells[0]
    cell.text = LOAN
    cell.add_paragraph(ROAD)
    return document


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def before(xml: str, *texts: str) -> Any:
    """Paragraphs, and before them an element."""
    document = word(*texts)
    document.element.body.insert(0, parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))
    return document


def text_box() -> Any:
    document = word(LOAN)
    box = f"<w:txbxContent {nsdecls('w')}><w:p>{run('A grant of 5 million.')}</w:p></w:txbxContent>"
    namespace = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    choice = f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
    both = parse_xml(f"<mc:AlternateContent {namespace}>{choice}</mc:AlternateContent>")
    document.paragraphs[0].runs[0]._r.append(both)
    return document


BUILT = [
    (
        headings_lists_and_tables,
        ["Projects of the year", LOAN, "Component | Cost | Year", "Northern road | 120.5", "A loan for the port", ROAD],
    ),
    (heads_and_feet, [LOAN]),
    (cells_with_paragraphs, ["Northern road | 120.5 million of which 30 in 2027"]),
    (merged_cells, ["wide | c2", "c3 | c4 | c5"]),
    (frame, [LOAN, ROAD]),
    (text_box, [LOAN, "A grant of 5 million."]),
    (lambda: before(f"<w:sdt><w:sdtContent><w:p>{run(ROAD)}</w:p></w:sdtContent></w:sdt>", LOAN), [ROAD, LOAN]),
    (lambda: before("<w:tbl><w:tr/></w:tbl>", LOAN), [LOAN]),
]


@pytest.mark.parametrize(("build", "texts"), BUILT)
def test_texts_in_their_order(read_one: One, build: Callable[[], Any], texts: list[str]) -> None:
    assert read_one("a.docx", saved(build())).text == "\n\n".join(texts)


@pytest.mark.parametrize(("inside", "text"), CASES["inline"])
def test_what_stands_in_a_paragraph(read_one: One, inside: str, text: str) -> None:
    assert read_one("a.docx", saved(before(f"<w:p>{inside}</w:p>"))).text == text


def test_what_the_file_says_of_itself(read_one: One) -> None:
    document = word(LOAN)
    document.core_properties.title = " Annual report\nof the board "
    article = read_one("a.docx", saved(document), source="Lake Development Bank", date="2025-03-04")
    assert (article.title, article.source) == ("Annual report of the board", "Lake Development Bank")
    assert (article.date, article.pages, article.language) == ("2025-03-04", None, "en")
    assert '"pages"' not in article.model_dump_json()
    bare = word(LOAN)
    bare.core_properties.title = ""
    assert (read_one("a.docx", saved(bare)).title, read_one("a.docx", saved(bare)).date) == (None, None)


@pytest.mark.parametrize(("styled", "own", "title"), CASES["titles"])
def test_the_title_is_what_the_page_shows_as_such(
    read_one: One, styled: list[tuple[str, str]], own: str, title: str | None
) -> None:
    document = word()
    for text, style in styled:
        document.add_paragraph(text, style=style)
    document.core_properties.title = own
    assert read_one("a.docx", saved(document)).title == title


def test_the_style_of_a_title_has_another_id_in_other_languages(read_one: One) -> None:
    document = word(LOAN)
    document.styles["Title"].element.set(qn("w:styleId"), "Titel")
    document.paragraphs[0].insert_paragraph_before("Lake bank lends")._p.style = "Titel"
    assert read_one("a.docx", saved(document)).title == "Lake bank lends"


def changed(data: bytes, parts: dict[str, bytes]) -> bytes:
    """A document with some of its parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return make.archive({name: packed.read(name) for name in packed.namelist()} | parts)


def test_footnotes_come_last(read_file: Read) -> None:
    data = saved(word(LOAN))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        types, links = packed.read("[Content_Types].xml"), packed.read("word/_rels/document.xml.rels")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    content = b"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    notes = f"<w:footnotes {nsdecls('w')}><w:footnote><w:p>{run(PORT)}</w:p></w:footnote></w:footnotes>".encode()
    parts = {
        "[Content_Types].xml": types.replace(
            b"</Types>", b'<Override PartName="/word/footnotes.xml" ContentType="' + content + b'"/></Types>'
        ),
        "word/_rels/document.xml.rels": links.replace(
            b"</Relationships>",
            b'<Relationship Id="rIdN" Type="' + kind + b'" Target="footnotes.xml"/></Relationships>',
        ),
        "word/footnotes.xml": notes,
    }
    assert read_file("a.docx", changed(data, parts))[0][0].text == f"{LOAN}\n\n{PORT}"


GOOD = saved(word(LOAN))
AT = GOOD.index(b"PK\x01\x02") + 8
SIZE, SPACE = (30_000_003).to_bytes(4, "little"), changed(GOOD, {"word/document.xml": b"<a>" + b" " * 30_000_000})
XML = f"<w:document {nsdecls('w')}><w:body>%s</w:body></w:document>"
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
SAVE = "open it in Word or LibreOffice and save it anew as .docx"
DAMAGED = [
    (b"", "damaged, or no Word document"),
    (b"a loan of $3 million", "damaged, or no Word document"),
    (GOOD[:2_000], "damaged, or no Word document"),
    (make.archive({"a.txt": b"x"}), "a zip archive, but no Word document"),
    (make.archive({"[Content_Types].xml": b"<Types"}), "damaged, or no Word document"),
    (changed(GOOD, {"word/document.xml": b"<w:document"}), "damaged, or no Word document"),
    (changed(GOOD, {"word/document.xml": XML.encode() % (b"<w:tbl>" * 20_000)}), "damaged, or no Word document"),
    (GOOD[:400] + b"\xff" * 60 + GOOD[460:], "damaged, or no Word document"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"), "is encrypted; save a copy"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 500, "an older Word document; " + SAVE),
    (saved(Document()), "holds no text"),
    (GOOD[:AT] + b"\x01" + GOOD[AT + 1 :], "is encrypted; save a copy without password"),
    (SPACE.replace(SIZE, (100).to_bytes(4, "little")), "damaged"),  # a part that lies about its size
]


@pytest.mark.parametrize(("data", "reason"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file(refused: Refused, data: bytes, reason: str) -> None:
    assert refused("bad.docx", data).startswith(f"bad.docx: {reason}")


@pytest.mark.parametrize(
    "parts",
    [
        {"word/media/a.bin": bytes(500_000_000)},
        {"word/document.xml": b"<a>" + b" " * 70_000_000},
        {f"word/{number}.xml": b"" for number in range(10_001)},
    ],
    ids=["large", "large XML", "many"],
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    refused: Refused, monkeypatch: pytest.MonkeyPatch, parts: dict[str, bytes]
) -> None:
    data = changed(GOOD, parts)
    monkeypatch.setattr(zipfile.ZipFile, "read", None)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    error = refused("bad.docx", data)
    assert error.startswith("bad.docx: unpacks to ") and error.endswith("too much; split it")


def test_a_file_that_is_too_large(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_BYTES", 100)
    assert "over 100 bytes" in refused("bad.docx", GOOD)


def test_entities_are_not_expanded(read_file: Read) -> None:
    inside = f"<w:p><w:r><w:t>{LOAN} &b;&c;</w:t></w:r></w:p>"
    data = changed(GOOD, {"word/document.xml": f"{BOMB}{XML % inside}".encode()})
    articles, _ = read_file("a.docx", data)
    assert all("root:" not in article.text and "haha" not in article.text for article in articles)
