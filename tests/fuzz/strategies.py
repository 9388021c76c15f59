"""Bad inputs: texts that no editor wrote, and files that no program should have written; and how many of them.

The same few in every test run, others and more with `make fuzz`.
"""

import gzip
import io
import json
import os
import zipfile
from typing import Any

import zstandard
from docx import Document
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from sources import documents as make

TIMES = int(os.environ.get("CORRIDOR_FUZZ", "1"))  # so many times as many
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def examples(count: int) -> settings:
    """`count` examples of a test, always the same; in a longer run that many times `TIMES`, new each time."""
    return settings(
        max_examples=count * TIMES, deadline=None, derandomize=TIMES == 1, suppress_health_check=SLOW, database=None
    )


NEWS = (
    "Japan will lend Kenya $300 million for a port by 2031, its embassy said on Tuesday.",
    "KABUL: The ministry has approved Rs 4.5 billion for the Band-e-Amir dam (BAD) in FY26.",
    "“We shall not pay,” Finance Minister Ali Raza told the Asian Development Bank (ADB).",
    "The 1,320 MW plant of CHEC, built under the BRI, was delayed until late 2026; Dar signed two MoUs.",
)
ODD = (
    "\u202e\u202d\u200f", "\u0301" * 40, "👩\u200d👧\u200d👦🇵🇰", "\ufeff", "\u2028\u2029\x85", "\ufdfa", "\ufb01",
    "\u0130", "ß", "\u00ad", "\x0b\x0c\x1c", "مشروع السد", "中巴经济走廊", "\ud800", "\udfff", "\0", "\x1b[31m",
    "'; DROP TABLE articles; --", "<script>alert(1)</script>", "&#x110000;", "%s%n{0}", "$" * 50, "(" * 200, "“" * 99,
    "Rs1e999", "9" * 400, "$" + "9" * 400, "9" * 320 + " km", "FY99999", "31 February 2025",
    "$-0.0 bn", "a" * 10_000, "\n" * 300, "1 " * 400,
    "No.\n" * 200, "$1 million to $" * 40, "Mr " * 100,
)  # fmt: skip
anything = st.text(st.characters(), max_size=60)  # surrogates too
pieces = st.one_of(st.sampled_from(NEWS), st.sampled_from(ODD), anything, st.integers().map(str))
texts = st.lists(pieces, min_size=1, max_size=6).flatmap(
    lambda own: st.sampled_from((" ", "", "\n")).map(lambda by: by.join(own))
)


def _row(text: str) -> dict[str, Any]:
    return {"id": "x", "title": "A port", "date": "2025-03-04", "text": text}


def _html(text: str) -> str:
    return f"<html><head><meta charset=utf-8><title>A port</title></head><body><article><p>{text}</p></article></html>"


def _files(text: str) -> dict[str, bytes]:
    line = json.dumps(_row(text))
    return {
        ".txt": text.encode("utf-8", "surrogatepass"),
        ".md": text.encode("utf-16", "surrogatepass"),
        ".html": _html(text).encode("utf-8", "surrogatepass"),
        ".htm": _html(text).encode("utf-16-le", "surrogatepass"),
        ".jsonl": f"{line}\n{line}\n".encode(),
        ".json": f"[{line}, {line}]".encode(),
        ".docling.json": json.dumps(_docling(text)).encode(),
        ".columns.csv": f'url;publishedAt;headline;body\nx;2025-03-04;A port;"{text}"\n'.encode(
            "utf-8", "surrogatepass"
        ),
        ".columns.jsonl": json.dumps({"link": "x", "Published At": 0, "name": [text], "content": text}).encode(),
        ".jsonl.gz": gzip.compress(f"{line}\n{line}\n".encode(), mtime=0),
        ".csv.zst": zstandard.compress(f'id,text\nx,"{text}"\n'.encode("utf-8", "surrogatepass")),
        ".eml": f"Subject: A port\nDate: Tue, 4 Mar 2025 10:00:00 +0000\n\n{text}".encode("utf-8", "surrogatepass"),
        ".rtf": f"{{\\rtf1\\ansi {text}}}".encode("utf-8", "surrogatepass"),
        ".csv": f'id,date,text\nx,2025-03-04,"{text}"\n'.encode("utf-8", "surrogatepass"),
    }


def _docling(text: str) -> dict[str, Any]:
    """A document as Docling writes it: a paragraph on two pages, and a table."""
    places = [{"page_no": number, "charspan": [number, 9]} for number in (1, 2)]
    cells = [{"text": text, "start_row_offset_idx": 0, "start_col_offset_idx": column} for column in (0, 1)]
    return {
        "schema_name": "DoclingDocument",
        "pages": {"1": {"page_no": 1}, "2": {"page_no": 2}},
        "body": {"children": [{"$ref": "#/texts/0"}, {"$ref": "#/tables/0"}]},
        "texts": [{"label": "text", "text": text, "prov": places}],
        "tables": [{"label": "table", "prov": places[:1], "data": {"table_cells": cells, "grid": [cells]}}],
    }


def _pdf() -> bytes:
    """The smallest page with text; PDFium finds its objects without a table of them."""
    fonts = b"/Resources << /Font << /F 5 0 R >> >>"
    text = b"BT /F 10 Tf 72 700 Td (A loan of $3 million was signed.) Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R %s >>" % fonts,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R /Size 6 >>\n%%EOF\n"


def _word() -> bytes:
    """A short document with its text not compressed, so that changes reach it."""
    document, out = Document(), io.BytesIO()
    document.add_paragraph("A loan of $3 million was signed.")
    document.add_table(1, 2).rows[0].cells[1].text = "$4 million"
    document.save(out)
    stored = io.BytesIO()
    with zipfile.ZipFile(out) as packed, zipfile.ZipFile(stored, "w") as plain:
        for name in packed.namelist():
            kind = zipfile.ZIP_STORED if name == "word/document.xml" else zipfile.ZIP_DEFLATED
            plain.writestr(zipfile.ZipInfo(name), packed.read(name), kind)
    return stored.getvalue()


PDF, WORD = _pdf(), _word()
LOCKED = make.drawn(make.lines("A loan of $3 million was signed."), encrypt=StandardEncryption("secret"), invariant=1)
MONSTERS: dict[str, tuple[bytes, ...]] = {
    ".txt": (b"", b"\xff\xfe", b"\xff\xfe\x00", b"\x80" * 400, b"\xef\xbb\xbf", "x\u2028".encode() * 2_000),
    ".html": (
        b"<div>" * 5_000,
        b"<p " + b"a=1 " * 2_000 + b">x",
        b"<table><tr><td>" * 1_000 + b"a loan",
        b'<meta charset="utf-7">+ADw-script+AD4- a loan of $3 million was signed',
        b'<meta charset="idna"><p>\xff a loan',
        b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]><p>&c;</p>",
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><p>&f; a loan</p>',
        b'<base href="file:///etc/"><iframe src="passwd"></iframe><p>a loan</p>',
        b"<![CDATA[" * 500,
        b"<!--" * 3_000,
        b"<svg><foreignObject>" * 400 + b"a loan",
    ),
    ".jsonl": (
        b'{"text": ' + b"[" * 100_000,
        b'{"text": "a", "id": ' + b"9" * 5_000 + b"}",
        b'{"text": "a loan", "date": 1e400}',
        b'{"text": "a loan", "text": "a grant", "id": NaN}',
        b'{"text": "\\ud800 a loan"}',
        b'{"text": {"text": {}}}\n[]\n"a"\n1\nnull\n{}',
        b'{"text": "a loan", "id": "' + b"x" * 100_000 + b'"}',
        b'\xef\xbb\xbf{"text": "a loan"}\r{"text": "x"}\r\n\x00',
    ),
    ".csv": (
        b'id,text\n1,"a loan\n2,"b" "c"\n',
        b"text\n" + b'"' * 20_001,
        b"text,text\na,b\n",
        b"\n\n\n",
        b"id;text\n1;a\n",
        b"text\n" + b"x," * 20_000,
        b"text\n=cmd|' /C calc'!A0\n",
        b"text\r\r\n\x00,\xff\n",
    ),
    ".pdf": (
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF",
        PDF,
        PDF.replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
        PDF.replace(b"/Count 1", b"/Count 2147483647"),
        PDF.replace(b"[0 0 600 800]", b"[0 0 1e30 -1e30]"),
        PDF.replace(b"(A loan", b"<4120FFFE0002D83D" + b"00" * 400 + b"> Tj (A loan"),
        LOCKED,
        LOCKED.replace(b"/Encrypt", b"/Encrypf"),
        PDF[:300] + b"%%EOF",
        PDF.replace(b"trailer <<", b"trailer << /Prev 9"),
        PDF.replace(b"/F 10 Tf", b"/F 10 Tf " + b"q " * 20_000),
        PDF.replace(b"/F 10 Tf", b"[" * 20_000),
        PDF.replace(b"10 Tf", b"0 Tf"),
        PDF.replace(b"10 Tf", b"-1e9 Tf"),
        PDF.replace(b"72 700 Td", b"1 0.3 -5 0 72 700 Tm"),
    ),
    ".docx": (b"PK\x05\x06" + bytes(18), WORD, WORD.replace(b"w:body", b"w:bodx"), WORD.replace(b"<w:t>", b"<w:r>")),
    ".json": (
        b"[" * 100_000,
        b'{"articles": ' * 500,
        b'[{"text": "a loan", "id": ' + b"9" * 5_000 + b"}, 1, [], null]",
        b'{"text": "a loan"}{"text": "a grant"} ]',
        b'\xff\xfe[\x00{\x00}',
        b'{"schema_name": "DoclingDocument"}',
    ),
    ".jsonl.gz": (b"", b"\x1f\x8b", gzip.compress(b'{"text": "a loan"}', mtime=0)[:-4], b"\0" * 600),
    ".csv.zst": (b"", b"\x28\xb5\x2f\xfd", zstandard.compress(b"text\na loan\n") + b"x", b"\0" * 600),
    ".eml": (
        b"Subject: =?utf-8?b?!?= =?x?q?y\nDate: 99\nContent-Type: text/plain; charset=\"\0\"\n\na loan",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 500 + b"\na loan",
        b'Subject: x\nContent-Type: text/html\n\n<base href="file:///etc/"><iframe src="passwd"></iframe><p>a loan</p>',
        b"Subject: x\nContent-Type: message/external-body; access-type=local-file; name=/etc/passwd\n\na loan",
        b"Subject: " + b"a loan " * 200_000 + b"\n\na loan",
        b"Received: x\n" * 20_000 + b"\na loan",
        b"Subject: x\nContent-Type: text/plain; " + b"a=b; " * 20_000 + b"\n\na loan",
        b"From: " + b"(" * 5_000 + b"\n\na loan",
        b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 /etc/passwd\n#0V%T\n`\nend\n",
    ),
    ".rtf": (
        b"{\\rtf1 " + b"{" * 3_000,
        b"{\\rtf1 {\\field{\\*\\fldinst{INCLUDETEXT file:///etc/passwd}}{\\fldrslt a loan}}}",
        b"{\\rtf1 \\u-10179?\\'ff\\ansicpg99999 \\'ff a loan",
        b"{\\rtf1 {\\fonttbl" + b"\\f1\\fcharset1 " * 3_000,
    ),
    ".parquet": (b"PAR1", b"PAR1" + b"\xff" * 200 + b"PAR1", b"", b"PAR1\x15\x04\x15\x10\x15\x14\x4c\x15\x02PAR1"),
}  # fmt: skip
monsters = st.sampled_from([(kind, data) for kind, own in MONSTERS.items() for data in own])


def _cut(data: bytes) -> st.SearchStrategy[bytes]:
    return st.integers(0, len(data)).map(lambda at: data[:at])


def _flipped(data: bytes) -> st.SearchStrategy[bytes]:
    places = st.lists(st.tuples(st.integers(0, max(0, len(data) - 1)), st.binary(min_size=1, max_size=3)), max_size=5)
    return places.map(lambda changes: _with(data, changes))


def _with(data: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    for at, put in changes:
        data = data[:at] + put + data[at + 1 :]
    return data


def _damaged(kind_and_data: tuple[str, bytes]) -> st.SearchStrategy[tuple[str, bytes]]:
    kind, data = kind_and_data
    return st.one_of(st.just(data), _cut(data), _flipped(data)).map(lambda found: (kind, found))


sound = texts.flatmap(lambda text: st.sampled_from(sorted(_files(text).items())))
kinds = st.sampled_from(sorted({*MONSTERS, ".md", ".htm", ".ndjson"}))
files = st.one_of(sound, sound, monsters, st.tuples(kinds, st.binary(max_size=300))).flatmap(_damaged)
