"""Bytes become the characters that were meant, and nothing is smoothed; packed tables are read as they are unpacked."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable

import pytest
import zstandard
from sources.documents import Read, Reading, Write

from pipeline.sources import expected

TEXT = (
    "The ministry\u2019s\u00a0plan:\r\n\u201cUS$5m\u201d for caf\u00e9s, by\tJune.\r\n\r\nMore \u2028 lines\x85here.\n"
)


@pytest.mark.parametrize("block", [1, 2, 7, 1_000])
def test_utf16_comes_block_by_block(read_file: Read, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", block)
    text = f"{TEXT}\U0001f600\n\n{TEXT}"
    assert read_file("a.txt", text.encode("utf-16"))[0][0].text == text
    rows = '{"text": "One loan."}\n{"text": "One road."}\n'.encode("utf-16")
    articles, errors = read_file("rows.jsonl", rows[:-9] + b"\xd8")
    assert [article.text for article in articles] == ["One loan."]
    assert errors == ["rows.jsonl: has the byte order mark of UTF-16, but is cut or broken"]


PACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstandard.compress}
ROWS = [{"id": f"{number}", "text": f"Loan {number * 7919} was signed."} for number in range(2_000)]
LINES = "".join(f"{json.dumps(row)}\n" for row in ROWS).encode()
TABLES = {
    ".jsonl": LINES,
    ".ndjson": LINES,
    ".json": json.dumps(ROWS).encode(),
    ".csv": b"id,text\n" + b"".join(f"{row['id']},{row['text']}\n".encode() for row in ROWS),
}
IDS = [row["id"] for row in ROWS]


def in_parts(data: bytes, packing: str) -> bytes:
    """Packed in parts, as programs that work in parallel do, so that all before some damage can be unpacked."""
    return b"".join(PACK[packing](data[at : at + 10_000]) for at in range(0, len(data), 10_000))


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("table", TABLES)
def test_a_packed_table_is_read_like_the_table(write: Write, reading: Reading, table: str, packing: str) -> None:
    path = write(f"rows{table}{packing}".upper(), PACK[packing](TABLES[table]))
    articles, errors = reading(path)
    assert ([article.id for article in articles], errors) == (IDS, [])
    assert expected([str(path)]) is None


@pytest.mark.parametrize("packing", PACK)
def test_parts_one_after_the_other_are_one_file(read_file: Read, packing: str) -> None:
    pack, half = PACK[packing], len(LINES) // 2
    data = pack(LINES[:half]) + pack(b"") + pack(LINES[half:]) + b"\0" * 600
    assert len(read_file(f"rows.jsonl{packing}", data)[0]) == len(ROWS)


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("table", TABLES)
def test_a_file_that_is_cut_costs_what_follows(read_file: Read, table: str, packing: str) -> None:
    data = in_parts(TABLES[table], packing)
    articles, errors = read_file(f"rows{table}{packing}", data[: len(data) * 3 // 4])
    assert len(articles) > 500
    assert errors == [
        f"rows{table}{packing}: cannot be read (cut before the end of the {packing}; what follows is lost)"
    ]


@pytest.mark.parametrize("packing", PACK)
def test_damage_costs_what_follows(read_file: Read, packing: str) -> None:
    whole = in_parts(LINES, packing)
    damaged = whole[: len(whole) // 2] + b"\xff" * 40 + whole[len(whole) // 2 + 40 :]
    articles, errors = read_file(f"rows.jsonl{packing}", damaged)
    assert [article.id for article in articles[:800]] == IDS[:800] and len(articles) < len(ROWS)
    assert f"rows.jsonl{packing}: cannot be read (not {packing}, or damaged; what follows is lost" in errors[-1]


@pytest.mark.parametrize("packing", PACK)
def test_what_is_not_packed_is_named(write: Write, reading: Reading, packing: str) -> None:
    articles, errors = reading(write(f"rows.jsonl{packing}", LINES), write(f"none.csv{packing}", b""))
    assert articles == []
    assert errors[0].startswith(f"rows.jsonl{packing}: cannot be read (not {packing}, or damaged")
    assert errors[1] == f"none.csv{packing}: holds no article"


BOMB = """
import resource, sys
from pipeline.sources import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = [str(result) for result in read([sys.argv[1]])]
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, found)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in other units elsewhere")
@pytest.mark.parametrize("packing", PACK)
def test_a_bomb_does_not_fill_the_memory(write: Write, packing: str) -> None:
    """A line of 250 MB in some kilobytes."""
    path = write(f"bomb.jsonl{packing}", PACK[packing](LINES[:50].split(b"\n")[0] + b"\n" + b" " * 250_000_000))
    assert path.stat().st_size < 500_000
    done = subprocess.run([sys.executable, "-c", BOMB, path], capture_output=True, text=True, check=True, timeout=120)
    kilobytes, _, told = done.stdout.partition(" ")
    assert "over 20,000,000 bytes in one line" in told
    assert int(kilobytes) < 150_000


def test_other_packed_files_are_not_read(write: Write, reading: Reading) -> None:
    errors = reading(write("a.tar.gz", b""), write("b.gz", b""), write("c.txt", "A loan was signed."))[1]
    assert errors[0].startswith("a.tar.gz: Corridor does not read .tar.gz files (it reads .csv,")
    assert errors[1].startswith("b.gz: Corridor does not read .gz files")
