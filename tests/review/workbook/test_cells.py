"""What cells show is read back with the same value; what someone typed is understood, or refused with near values."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from review.formats.people import TEXT
from review.workbook.spreadsheet import Spreadsheet, act, packed, record

from pipeline.errors import SetupError
from pipeline.gold.check import problems
from pipeline.record import Actor, Amount
from pipeline.review.accepted.carrying import places
from pipeline.review.edits.working import SLOTS
from pipeline.review.workbook.columns import COMMITMENTS, SHEETS, choices, meaning, shown
from pipeline.review.workbook.read import Cell, Row
from pipeline.review.workbook.read_back import Corrections, import_

CURRENCIES = st.sampled_from(["USD", "EUR", "PKR", "CNY", "KES", "XDR", "JPY"])
QUOTED = "The bank\u2019s head \u201cwill  lend\u201d \u2013 and will\nlend \u2013 $5m. Banking (C++) stays."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def amount(text: str = "$40 million", **fields: Any) -> Amount:
    start = TEXT.index(text)
    value = {"text": text, "start": start, "end": start + len(text), "value": 5e6, "currency": "USD", **fields}
    return Amount(**value)


@given(st.integers(0, 10**15) | st.floats(0.01, 1e12).map(lambda value: round(value, 2)), CURRENCIES, st.booleans())
def test_any_amount_is_read_back(value: float, currency: str, approximate: bool) -> None:
    text = shown(amount(value=float(value), currency=currency, approximate=approximate))
    assert text == "$40 million" or meaning(text) == (value, currency)


def actor(name: str, *words: str, id: str) -> Actor:
    return Actor(id=id, name=name, kind="group", aliases=list(words), confidence=1.0)


SHOWN = [
    (amount(value=2e9), "USD 2 billion"), (amount(value=1_250_000), "USD 1.25 million"),
    (amount(value=1_234_567.89), "USD 1,234,567.89"), (amount(value=38_000), "USD 38,000"),
    (amount(value=0.5), "USD 0.5"), (amount(high=5e6), "up to USD 5 million"),
    (amount(low=5e6), "at least USD 5 million"),
    (amount(low=5e6, high=6e6), "USD 5 million to 6 million"), (amount(approximate=True), "about USD 5 million"),
    (amount("40 million", value=None), "40 million"), (amount("$40", currency=None), "$40"),
]  # fmt: skip
NAMESAKES = [
    actor("Mekong Fund", "Luang Prabang", "the fund", id="a4"), actor("Delta Trust", "the fund", id="a5"),
    actor("Ministry of Finance", id="a6"), actor("Ministry of  Finance", id="a7"),
    actor("Lee; Kim, Park and Co", id="a8"),
]  # fmt: skip


@pytest.fixture
def workbook(tmp_path: Path) -> Spreadsheet:
    """The article with amounts of every form, and with actors of equal names."""
    found = record()
    first = found.commitments[0].model_copy(update={"amounts": [value for value, _ in SHOWN]})
    parts = {"actors": [*found.actors, *NAMESAKES], "commitments": [first, *found.commitments[1:]]}
    return Spreadsheet(tmp_path, found.model_copy(update=parts))


def test_values_and_names_as_cells_show_them(workbook: Spreadsheet) -> None:
    assert workbook.cell("c1", "amounts").value == "; ".join(text for _, text in SHOWN)
    assert [workbook.cell(f"a{n}", "label", "actors").value for n in range(4, 9)] == [
        "Mekong Fund", "Delta Trust", "Ministry of Finance [a6]", "Ministry of Finance [a7]", "Lee, Kim, Park and Co",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "typed", "meant"),
    [
        ("with", "MEKONG FUND; Mekong Fund's", ["a4"]), ("with", "luang prabang; a5", ["a4", "a5"]),
        ("with", "ministry of finance [ a6 ]; anything [a4]", ["a6", "a4"]),
        ("with", "Mekong Fund, Delta Trust; Delta Trust", ["a4", "a5"]), ("with", "Lee, Kim, Park and Co", ["a8"]),
        ("sectors", "energy; Energy", ["230"]), ("sectors", "210 roads; ;", ["210"]),
        ("sectors", "210 Transport & Storage, 230 Energy", ["210", "230"]),
        ("sectors", "Conflict, Peace & Security", ["152"]), ("negated", "0", False),
        ("with", "Ministry of Finance", "means several; put [a6] or [a7] behind it"),
        ("with", "the fund", "means several; put [a4] or [a5] behind it"),
        ("with", "Delta Trust, Peru", "'Delta Trust, Peru' is no actor of this article; did you mean 'Delta Trust'?"),
        ("with", "[a9]", "is no actor of this article"), ("sectors", "2100", "there is no sector '2100'"),
    ],
)  # fmt: skip
def test_what_is_typed_is_understood_or_refused(workbook: Spreadsheet, column: str, typed: str, meant: Any) -> None:
    workbook.write("c1", column, typed)
    made, refused = act(workbook.read_back(), "c1")[column], "\n".join(workbook.refused)
    assert meant in refused if isinstance(meant, str) else (made, refused) == (meant, "")


def test_countries_and_names_of_before_are_understood(workbook: Spreadsheet) -> None:
    """A name of before goes before the new name of another one."""
    workbook.write("p1", "countries", "Pakistan; LAO\nlao; the Netherlands", "projects")
    workbook.write("a4", "name", "Delta Trust", "actors")
    workbook.write("a5", "name", "Cape Trust", "actors")
    workbook.write("c1", "with", "Mekong Fund; Cape Trust")
    workbook.write("c2", "with", "Delta Trust")
    raw = workbook.read_back()
    assert raw["projects"][0]["countries"] == ["PAK", "LAO", "NLD"]
    assert act(raw, "c1")["with"] == ["a4", "a5"]
    assert workbook.refused == ["commitments, K3: 'Delta Trust' means several; put [a4] or [a5] behind it"]


@pytest.mark.parametrize(
    ("words", "spans"),
    [
        ("will lend", ["will  lend", "will\nlend"]), ("The bank's head", ["The bank\u2019s head"]),
        ("THE BANK", ["The bank"]), ("bank", ["bank"]), ('"will lend"', ["\u201cwill  lend\u201d"]),
        ("lend - $5m", ["lend \u2013 $5m"]), ("C++", ["C++"]), ("ban", []), ("", []), ("  ", []),
    ],
)  # fmt: skip
def test_words_are_found_whatever_their_signs(words: str, spans: list[str]) -> None:
    assert [QUOTED[start:end] for start, end in places(QUOTED, words)] == spans


WORDS = st.lists(st.sampled_from(TEXT.split()), min_size=1, max_size=3).map(" ".join)
VALUES = st.sampled_from(
    ["finance", "Policy", "agreed", "yes", "Laos; Mekong Bank", "the bank", "a1", "[a2]", "Pakse bridge", "$40 million",
     "USD 5 million; EUR 1", "2030", "2025-06", "loan", "210; 230", "LAO", "Peru", "rejected", "unsure", "bank",
     "=1+1", "\x00", ";", "; ;", "'"]
)  # fmt: skip
TYPED = st.one_of(
    st.just(""), st.integers(-5, 10**15).map(str), WORDS, VALUES, st.text(max_size=12), st.dates().map(str)
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_cells_give_valid_gold_and_change_nothing_else(data: st.DataObject) -> None:
    refused: list[str] = []
    before, lists = record(), choices(record(), record())
    article = Corrections(before, lambda sheet, at, reason: refused.append(reason), print)
    new = {"trigger": "said", "kind": "policy", "status": "agreed"}
    for sheet in ("actors", "projects", COMMITMENTS):
        columns = SHEETS[sheet].columns
        names = [column.name for column in columns if not column.fixed]
        shown_rows = [{column.name: column.text(before, part, lists) for column in columns}
                      for part in SHEETS[sheet].parts(before)]  # fmt: skip
        for cells in [*shown_rows, *([new] if sheet == COMMITMENTS else [])]:
            typed = data.draw(st.dictionaries(st.sampled_from(names), TYPED, max_size=4))
            texts = dict.fromkeys(names, "") | cells | typed
            article.read(Row(sheet, 2, {name: Cell(text, "B2") for name, text in texts.items()}))
            for new_act in article.state.record.commitments:
                old = next((old for old in before.commitments if old.id == new_act.id == cells.get("id")), None)
                for field in ("kind", "status", "negated", *SLOTS) if old else ():
                    name = "with_" if field == "with" else field
                    assert field in typed or getattr(new_act, name) == getattr(old, name), field
    made = article.state.kept
    assert problems(made) == []
    assert made.article == before.article
    assert all(reason and "\n" not in reason for reason in refused)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, r"cannot be read \(No such file"),
        (b"", "damaged, or no workbook; open it in Excel or LibreOffice and save it as .xlsx"),
        (b"article,id\nlaos-1,c1\n", "damaged, or no workbook"),
        (OLE, "an older form; open it in Excel or LibreOffice and save it as .xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "is encrypted; save a copy without password"),
        (packed(a=b"x"), r"damaged, or no workbook \(KeyError\)"),
        (packed(bomb=b"\0" * 50_000_000), "unpacks to 50,000,000 bytes in 1 parts: too much for a workbook"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes | None, message: str) -> None:
    if data is not None:
        (tmp_path / "a.xlsx").write_bytes(data)
    with pytest.raises(SetupError, match=f"a.xlsx: .*{message}"):
        import_(tmp_path / "a.xlsx", tmp_path / "gold", print)


def test_a_workbook_without_the_parts_of_its_sheets_is_refused(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        kept = {name: book.read(name) for name in book.namelist() if "worksheets" not in name}
    (tmp_path / "a.xlsx").write_bytes(packed(**kept))
    with pytest.raises(SetupError, match="has no sheet 'corridor'"):
        import_(tmp_path / "a.xlsx", tmp_path / "gold", print)


def test_a_cell_that_is_cut_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    article = record().article.model_copy(update={"title": "a" * 32_768})
    Spreadsheet(tmp_path, record().model_copy(update={"article": article}))
    (said,) = [line.getMessage() for line in caplog.records if "characters" in line.getMessage()]
    assert "3 cells of over 32,767 characters are cut: title in row 2 of commitments" in said
