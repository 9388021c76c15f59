"""A damaged workbook: a message that names the file, or gold that is valid; never a traceback."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz.strategies import examples
from hypothesis import given
from hypothesis import strategies as st
from review.workbook.spreadsheet import Spreadsheet, packed

from pipeline.errors import SetupError
from pipeline.gold.check import problems
from pipeline.gold.folder import read_gold
from pipeline.review.workbook.read_back import import_

PUT = st.sampled_from(
    [b"", b"<", b">", b"&", b'"', b"\0", b"</c>", b"<c/>", b"9" * 400, b"-1", b"A0", b"ZZZZ99", b"e", b"\xff", b"NaN",
     b"1e999", b"<v>99999</v>", b't="d"', b't="e"', b"</row>", b"&#x110000;", b"#REF!", b"true"]
)  # fmt: skip
SPOT = re.compile(rb"[<>]|\"[^\"]*\"|[0-9]+|[a-zA-Z]+")  # what a change may replace


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], str]:
    folder = tmp_path_factory.mktemp("fuzz")

    def run(data: bytes) -> str:
        """What became of the file: `refused`, or `read`."""
        path, out = folder / "a.xlsx", folder / "gold"
        path.write_bytes(data)
        (out / "articles.jsonl").unlink(missing_ok=True)
        said: list[str] = []
        try:
            count = import_(path, out, said.append)
        except SetupError as error:
            assert str(error).startswith(f"{path}: ")
            return "refused"
        assert all(line.startswith(str(path)) for line in said)
        assert len(said) >= count["refused"] + count["failed"]
        if count["done"]:
            assert all(problems(one) == [] for one in read_gold(out))
        return "read"

    return run


def with_other_bytes(data: st.DataObject, workbook: bytes) -> bytes:
    at = data.draw(st.lists(st.tuples(st.integers(0, len(workbook) - 1), st.binary(max_size=3)), max_size=4))
    damaged = bytearray(workbook)
    for place, put in at:
        damaged[place : place + 1] = put
    return bytes(damaged[: data.draw(st.none() | st.integers(0, len(workbook)))])


def with_other_parts(data: st.DataObject, workbook: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    spots = [match.span() for match in SPOT.finditer(parts[name])]
    for _ in range(data.draw(st.integers(1, 3))):
        start, end = data.draw(st.sampled_from(spots))
        parts[name] = parts[name][:start] + data.draw(PUT) + parts[name][end:]
    if data.draw(st.integers(0, 9)) == 0:
        del parts[name]
    return packed(**parts)


def test_damaged_workbooks(check: Callable[[bytes], str], tmp_path: Path) -> None:
    workbook = Spreadsheet(tmp_path).path.read_bytes()
    assert (check(workbook), check(workbook[:100])) == ("read", "refused")

    @examples(100)
    @given(data=st.data(), damage=st.sampled_from([with_other_bytes, with_other_parts]))
    def checked(data: st.DataObject, damage: Callable[[st.DataObject, bytes], bytes]) -> None:
        assert check(damage(data, workbook)) in ("refused", "read")

    checked()
