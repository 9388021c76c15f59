"""A workbook comes back as the gold of its records, corrected where its cells were; a bad cell costs only itself."""

import datetime
import json
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from builders import record as other_record
from openpyxl import load_workbook
from review.formats.people import TEXT, gold
from review.workbook.spreadsheet import Spreadsheet, act, quote, record

from pipeline.errors import SetupError
from pipeline.gold.check import problems
from pipeline.gold.evaluate.score import evaluate_files
from pipeline.gold.folder import read_gold
from pipeline.review.accepted.decisions import Decided
from pipeline.review.workbook.read_back import import_
from pipeline.review.workbook.write import export
from pipeline.settings import Settings

GOLD = Settings().seeds / "gold"


def quiet(_: str) -> None:
    pass


@pytest.fixture
def workbook(tmp_path: Path) -> Spreadsheet:
    return Spreadsheet(tmp_path)


@cache
def unchanged() -> dict[str, Any]:
    """The gold of a workbook that nobody changed."""
    with TemporaryDirectory() as folder:
        return Spreadsheet(Path(folder)).read_back()


@pytest.mark.slow
def test_the_authored_gold_comes_back_equal(tmp_path: Path) -> None:
    assert export(str(GOLD), str(tmp_path / "a.xlsx"), quiet) == {"done": 63}
    assert import_(tmp_path / "a.xlsx", tmp_path / "gold", quiet) == {"done": 63}
    assert read_gold(tmp_path / "gold") == read_gold(GOLD)


def test_a_workbook_saved_by_another_program_comes_back_equal(workbook: Spreadsheet) -> None:
    """openpyxl writes its own styles, strings and dimensions, as LibreOffice does; the export itself the same bytes."""
    export(str(workbook.folder / "records.jsonl"), str(workbook.folder / "again.xlsx"), quiet)
    assert (workbook.folder / "again.xlsx").read_bytes() == workbook.path.read_bytes()
    first = workbook.read_back()
    assert (workbook.count, workbook.said) == ({"done": 1}, [])
    assert act(first, "c1")["flow"] == gold()["commitments"][0]["flow"]
    scores = evaluate_files(workbook.out, workbook.folder / "records.jsonl")
    assert {name: row.f1 for name, row in scores.rows.items() if row.f1 != 1.0 and row.tp + row.fp + row.fn} == {}


CORRECTIONS: list[tuple[str, str, Any, Any]] = [  # commitment, column, what is typed, what gold has then
    ("c1", "trigger", "borrow", "borrow"),
    ("c1", "trigger", "  will   BORROW ", "will borrow"),
    ("c1", "kind", "Contract", "contract"),
    ("c1", "status", "agreed ", "agreed"),
    ("c1", "negated", True, True),
    ("c1", "negated", "YES", True),
    ("c1", "by", "Mekong Bank", ["a2"]),
    ("c1", "by", "laos; mekong bank;", ["a1", "a2"]),
    ("c1", "by", "Laos, the Mekong Bank", ["a1", "a2"]),
    ("c1", "by", "Laos\nKaysa Vong", ["a1", "a3"]),
    ("c1", "by", None, []),
    ("c1", "with", "the bank", ["a2"]),
    ("c1", "to", "a3", ["a3"]),
    ("c1", "projects", "pakse bridge", ["p1"]),
    ("c2", "projects", "", []),
    ("c1", "amounts", "$40 million", [{"text": "$40 million", "value": 4e7, "currency": "USD"}]),
    ("c1", "amounts", "USD 40,000,000", [{"text": "$40 million", "value": 4e7, "currency": "USD"}]),
    ("c1", "amounts", "EUR 45 million", [{"text": "$40 million", "value": 4.5e7, "currency": "EUR"}]),
    ("c1", "amounts", None, []),
    ("c2", "amounts", "USD 40 million", [{"text": "$40 million", "value": 4e7, "currency": "USD"}]),
    ("c1", "dates", "2030", [{"text": "2030", "iso": "2030"}]),
    ("c1", "dates", 2030, [{"text": "2030", "iso": "2030"}]),
    ("c2", "dates", "Monday", [{"text": "Monday", "iso": "2025-04-14"}]),
    ("c1", "dates", "Monday", [{"text": "Monday", "iso": "2025-04-21"}]),  # what is pledged lies ahead
    ("c2", "dates", datetime.datetime(2025, 4, 14), [{"text": "Monday", "iso": "2025-04-14"}]),
    ("c2", "dates", "14 April 2025", [{"text": "Monday", "iso": "2025-04-14"}]),
    ("c1", "sectors", "210; 240", ["210", "240"]),
    ("c1", "sectors", 230, ["230"]),
    ("c1", "sectors", "transport & storage", ["210"]),
    ("c1", "sectors", "152 Conflict, Peace & Security", ["152"]),
    ("c2", "attributed_to", "Laos", "a1"),
    ("c2", "attributed_to", None, None),
]


@pytest.mark.parametrize(("name", "column", "typed", "made"), CORRECTIONS)
def test_a_corrected_cell_is_corrected_gold(
    workbook: Spreadsheet, name: str, column: str, typed: Any, made: Any
) -> None:
    workbook.write(name, column, typed)
    before, after = unchanged(), workbook.read_back()
    assert (workbook.count["refused"], workbook.refused if column != "amounts" else []) == (0, [])
    assert act(after, name).get(column, False) == made
    same = [{**row, column: None} for row in after["commitments"]]
    if column != "trigger":
        assert same == [{**row, column: None} if row["id"] == name else row | {column: None}
                        for row in before["commitments"]]  # fmt: skip
    assert [one.article.id for one in read_gold(workbook.out)] == ["laos-1"]


def test_a_trigger_in_other_letters_is_no_change(tmp_path: Path) -> None:
    first, *others = record().commitments
    narrow = first.model_copy(update={"evidence": [first.evidence[0].model_copy(update={"start": 5})]})
    workbook = Spreadsheet(tmp_path, record().model_copy(update={"commitments": [narrow, *others]}))
    workbook.write("c1", "trigger", "Will Borrow")
    assert act(workbook.read_back(), "c1")["evidence"][0]["start"] == 5


LOAN = {"instrument": "loan", "provider": ["a2"], "recipient": ["a1"], "terms": {}}
FLOWS: list[tuple[str, dict[str, Any], Any]] = [
    ("c1", {"instrument": "Grant"}, {**LOAN, "instrument": "grant", "provider": ["a2", "a3"]}),
    ("c1", {"provider": "Mekong Bank"}, LOAN),
    ("c1", {"instrument": None, "provider": None, "recipient": None}, None),
    ("c2", {"instrument": "loan", "provider": "Mekong Bank", "recipient": "Laos"}, LOAN),
]


@pytest.mark.parametrize(("name", "typed", "made"), FLOWS)
def test_a_flow_is_corrected(workbook: Spreadsheet, name: str, typed: dict[str, Any], made: Any) -> None:
    for column, value in typed.items():
        workbook.write(name, column, value)
    assert (act(workbook.read_back(), name).get("flow"), workbook.refused) == (made, [])


def decided(workbook: Spreadsheet) -> list[Decided]:
    lines = (workbook.out / "decisions" / "laos-1.jsonl").read_text(encoding="utf-8").splitlines()
    return [Decided.model_validate_json(line) for line in lines]


def test_decisions(workbook: Spreadsheet) -> None:
    workbook.write("c1", "decision", "Rejected ")
    workbook.write("c2", "decision", "accepted")
    raw = workbook.read_back()
    assert [row["id"] for row in raw["commitments"]] == ["c2"]
    assert workbook.count == {"done": 1, "rejected": 1, "accepted": 1}
    assert [(row.commitment, row.decision, row.corrected) for row in decided(workbook)] == [
        ("c1", "rejected", False), ("c2", "accepted", False)
    ]  # fmt: skip
    workbook.write("c1", "decision", None)
    workbook.write("c2", "decision", None)
    assert workbook.read_back() == unchanged()
    assert not (workbook.out / "decisions" / "laos-1.jsonl").exists()


def test_a_corrected_row_is_accepted_as_it_is_now(workbook: Spreadsheet) -> None:
    for name, column, typed in (
        ("c1", "status", "agreed"), ("c1", "decision", "corrected"),
        ("c2", "decision", "unsure"), ("c2", "kind", "policy"),
    ):  # fmt: skip
        workbook.write(name, column, typed)
    raw = workbook.read_back()
    assert (act(raw, "c1")["status"], act(raw, "c2")["kind"]) == ("agreed", "policy")
    assert [(row.decision, row.corrected, row.row.status, row.before and row.before.status)
            for row in decided(workbook)] == [
        ("accepted", True, "agreed", "pledged"), ("unsure", False, "agreed", "agreed")
    ]  # fmt: skip


def test_a_new_row_is_a_new_commitment(workbook: Spreadsheet) -> None:
    workbook.add(
        article="laos-1", quote=quote(1), trigger="said", kind="agreement", status="agreed", by="Kaysa Vong",
        amounts="$40 million", sectors="230", decision="corrected",
    )  # fmt: skip
    workbook.add(trigger="approved the loan agreement", kind="finance", status="agreed")  # the only article
    raw = workbook.read_back()
    assert (workbook.refused, workbook.count) == ([], {"done": 1, "corrected": 1})
    new = act(raw, "c3")
    assert (new["trigger"], new["evidence"][0]["sentence"], new["by"], new["sectors"]) == ("said", 1, ["a3"], ["230"])
    assert new["amounts"] == [{"text": "$40 million", "value": 4e7, "currency": "USD"}]
    assert act(raw, "c4")["trigger"] == "approved the loan agreement"


def test_actors_and_projects_are_corrected_and_added(workbook: Spreadsheet) -> None:
    for name, column, typed, sheet in (
        ("a2", "kind", "multilateral", "actors"), ("a2", "country", "Thailand", "actors"),
        ("a3", "name", "Kaysa  Vong ", "actors"), ("a1", "name", "Lao PDR", "actors"),
        ("p1", "programme", "yes", "projects"), ("p1", "countries", "Laos; THA", "projects"),
    ):  # fmt: skip
        workbook.write(name, column, typed, sheet)
    workbook.add("actors", article="laos-1", name="Lanexang Steel", kind="company", country="LAO")
    workbook.add("actors", article="laos-1", name="Delta Steel", kind="company", country="Laoss", role="builder")
    workbook.write("c2", "by", "Lanexang Steel; Lao PDR")
    raw = workbook.read_back()
    assert workbook.refused == ["actors, E6: there is no country 'Laoss'; did you mean 'Laos'?"]
    actors = {row["id"]: row for row in raw["actors"]}
    assert (actors["a2"]["kind"], actors["a2"]["country"]) == ("multilateral", "THA")
    assert actors["a3"]["name"] == "Kaysa Vong"
    assert (actors["a1"]["name"], "Laos" in actors["a1"]["aliases"]) == ("Lao PDR", True)
    fields = ("name", "kind", "country", "role")
    assert [actors["a4"][field] for field in fields] == ["Lanexang Steel", "company", "LAO", None]
    assert [actors["a5"][field] for field in fields] == ["Delta Steel", "company", None, "builder"]
    assert (raw["projects"][0]["programme"], raw["projects"][0]["countries"]) == (True, ["LAO", "THA"])
    assert sorted(act(raw, "c2")["by"]) == ["a1", "a4"]
    assert act(raw, "c1")["by"] == ["a1"]  # the cell still has the name of before


def test_text_is_never_a_formula(tmp_path: Path) -> None:
    bank = record().actors[1].model_copy(update={"name": "=HYPERLINK(A1)", "role": "{=1+1}"})
    article = record().article.model_copy(update={"id": "=1+1", "title": "@SUM(A1)", "url": "http://a.example"})
    actors = [record().actors[0], bank, record().actors[2]]
    workbook = Spreadsheet(tmp_path, record().model_copy(update={"article": article, "actors": actors}))
    cells = [cell for sheet in workbook.book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert {"=HYPERLINK(A1)", "{=1+1}", "@SUM(A1)"} <= {cell.value for cell in cells}
    assert workbook.read_back("=1+1")["actors"][1]["name"] == "=HYPERLINK(A1)"


REFUSED: list[tuple[str, str, Any, str]] = [
    ("c1", "trigger", "will lend", r"'will lend' is not in the article; did you mean 'will borrow'\?"),
    ("c1", "trigger", None, r"must not be empty; to remove the commitment, choose rejected"),
    ("c1", "kind", "finanse", r"'finanse' is not in the list; did you mean 'finance'\?; choose one of finance, agree"),
    ("c1", "kind", None, r"must not be empty; choose one of finance"),
    ("c1", "status", "#N/A", r"holds the error #N/A"),
    ("c1", "negated", "maybe", r"'maybe' is neither yes nor no"),
    ("c1", "by", "Laoss", r"'Laoss' is no actor of this article; did you mean 'Laos'\?"),
    ("c1", "by", "Laos; Atlantis", r"'Atlantis' is no actor of this article"),
    ("c1", "projects", "Pakse brigde", r"'Pakse brigde' is no project of this article; did you mean 'Pakse bridge'\?"),
    ("c1", "amounts", "USD 40 million; USD 50 million",
     r"'USD 50 million' does not stand in the article; of amounts the article has \$40 million"),
    ("c1", "amounts", 40, r"'40' does not stand in the article"),
    ("c2", "dates", "2041", r"'2041' does not stand in the article; of dates the article has 2030, Monday"),
    ("c1", "dates", datetime.time(9, 30), r"holds a time; format it as text"),
    ("c1", "dates", "=TODAY()", r"is a formula without a value; paste it as a value"),
    ("c2", "provider", "Laos", r"money that moves has an instrument: choose one, or empty provider and recipient too"),
    ("c1", "instrument", "lone", r"'lone' is not in the list; did you mean 'loan'"),
    ("c1", "sectors", "999", r"there is no sector '999'"),
    ("c1", "sectors", "Transprot", r"there is no sector 'Transprot'; did you mean '210 Transport & Storage'"),
    ("c2", "attributed_to", "Laos; Mekong Bank", r"'Laos; Mekong Bank' is no actor of this article"),
    ("c1", "decision", "yes", r"'yes' is not in the list"),
    ("c1", "quote", "Something else.", r"is not the sentence of c1; its row was changed, or sorted in part"),
    ("c1", "id", "c9", r"there is no 'c9' in laos-1; in a new row leave the id empty"),
    ("c1", "id", "c2", r"row 2 is c2 of laos-1 too; in a new row leave the id empty"),
    ("c1", "id", None, r"c1 has this trigger already; correct its row, and put back its id if it is gone"),
    ("c1", "article", "laos-2", r"there is no article 'laos-2' in this workbook; did you mean 'laos-1'\?"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "column", "typed", "reason"), REFUSED)
def test_a_bad_cell_is_named_and_the_others_are_kept(
    workbook: Spreadsheet, name: str, column: str, typed: Any, reason: str
) -> None:
    other = "with" if column != "with" else "to"
    workbook.write("c2" if name == "c1" else "c1", other, "Kaysa Vong")
    place = workbook.write(name, column, typed)
    raw = workbook.read_back()
    assert workbook.count["refused"] == (2 if typed == "c2" else 1)
    assert any(re.search(reason, line) for line in workbook.refused), workbook.refused
    if column != "id" or typed != "c2":
        assert any(f"{place}: " in line or "trigger" in line for line in workbook.refused), workbook.refused
    assert act(raw, name) == act(unchanged(), name)
    if typed != "c2":  # then nobody knows which of both rows it is
        assert act(raw, "c2" if name == "c1" else "c1")[other] == ["a3"]
    assert all(problems(one) == [] for one in read_gold(workbook.out))


def test_a_new_row_needs_words_of_the_text(workbook: Spreadsheet) -> None:
    rows = [
        workbook.add(article="laos-1", trigger="the", kind="finance", status="agreed"),
        workbook.add(article="laos-1", trigger="signed", kind="finance", status="agreed"),
        workbook.add(article="laos-1", quote="Nobody wrote this.", trigger="said", kind="finance", status="agreed"),
        workbook.add(article="laos-1", quote=quote(0), by="Laos"),
        workbook.add("actors", article="laos-1", name="mekong bank", kind="bank"),
        workbook.add("actors", article="laos-1", name="Steel"),
    ]
    raw = workbook.read_back()
    said = "\n".join(workbook.refused)
    assert [row["id"] for row in raw["commitments"]] == ["c1", "c2"]
    assert len(raw["actors"]) == 3
    assert f"commitments, F{rows[0]}: 'the' stands 4 times in the article; paste its sentence" in said
    assert f"F{rows[1]}: 'signed' is not in the article" in said
    assert f"F{rows[2]}: the words of the column quote are not in the article" in said
    assert f"F{rows[3]}: a new commitment needs trigger and kind and status" in said
    assert f"actors, C{rows[4]}: a2 has this name already" in said
    assert f"actors, D{rows[5]}: a new actor needs kind" in said


def texts(workbook: Spreadsheet) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in workbook.book["commitments"].iter_rows()]


def put(workbook: Spreadsheet, rows: list[list[Any]]) -> None:
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(row, 1):
            workbook.book["commitments"].cell(number, at).value = value


HABITS: dict[str, Callable[[Spreadsheet], Any]] = {
    "rows sorted": lambda book: put(book, [texts(book)[0], *reversed(texts(book)[1:])]),
    "columns moved": lambda book: put(book, [[*row[2:], *row[:2]] for row in texts(book)]),
    "rows filtered": lambda book: setattr(book.book["commitments"].row_dimensions[2], "hidden", True),
    "spaces": lambda book: put(book, [
        texts(book)[0], *([value and f" {value}\u00a0\n" for value in row] for row in texts(book)[1:])]),
    "an own column": lambda book: put(book, [
        [*row, *[None] * (29 - len(row)), note] for row, note in zip(texts(book), ("note", "fine", ""), strict=False)]),
    "blank rows": lambda book: book.book["commitments"].insert_rows(2, 3),
    "headings in capitals": lambda book: put(book, [[f"  {value.upper()} " for value in texts(book)[0]]]),
    "another sheet": lambda book: book.book.create_sheet("notes").append(["hello"]),
}  # fmt: skip


@pytest.mark.parametrize("habit", HABITS)
def test_habits_that_change_nothing(workbook: Spreadsheet, habit: str) -> None:
    HABITS[habit](workbook)
    assert workbook.read_back() == unchanged()
    assert workbook.count == {"done": 1}


def test_rows_and_columns_that_are_gone_are_kept_and_named(workbook: Spreadsheet) -> None:
    before = workbook.read_back()
    workbook.write("c2", "by", "Laos")
    workbook.book["commitments"].cell(1, workbook.column("by")).value = "by whom"
    workbook.book["commitments"].delete_rows(2)
    workbook.book["actors"].delete_rows(2, 3)
    assert workbook.read_back() == before
    assert workbook.refused == [
        "commitments, row 1: there is no column 'by'; did you mean 'by whom'?; nothing of it is read",
        "commitments: laos-1: gone or not readable, and kept: c1; to remove a commitment, choose rejected",
        "actors: laos-1: gone or not readable, and kept: all rows",
    ]


def test_a_formula_with_a_value_counts_as_its_value(workbook: Spreadsheet) -> None:
    """Excel saves what a formula gave; openpyxl does not, so it is written into the file."""
    place = workbook.write("c1", "kind", '="con"&"tract"')
    workbook.book.save(workbook.path)
    with zipfile.ZipFile(workbook.path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    made, times = re.subn(
        rf'(<c r="{place}"[^>]*?)>(<f>.*?</f>)<v ?/?>(?:</v>)?', r'\1 t="str">\2<v>contract</v>', sheet
    )
    assert times == 1
    with zipfile.ZipFile(workbook.path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, made if name == "xl/worksheets/sheet1.xml" else part)
    said: list[str] = []
    assert import_(workbook.path, workbook.out, said.append) == {"done": 1}
    assert act(json.loads((workbook.out / "gold" / "laos-1.json").read_text()), "c1")["kind"] == "contract"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (2041.0, "0.00", "2041"),
        (1.5, "General", "1.5"),
        (" two\u00a0words\n", "@", "two words"),
        (datetime.datetime(2041, 6, 30), "dd/mm/yyyy", "2041-06-30"),
        (datetime.datetime(2041, 6, 30, 9, 30), "yyyy-mm-dd hh:mm", "2041-06-30"),
        (datetime.date(2041, 6, 1), "mmm-yy", "2041-06"),
        (datetime.datetime(2041, 6, 1), '[$-409]mmmm yyyy;"day"', "2041-06"),
    ],
)
def test_a_cell_is_read_as_its_format_shows_it_and_named_where_it_is(
    workbook: Spreadsheet, value: Any, form: str, text: str
) -> None:
    workbook.book["commitments"].insert_rows(2, 3)
    place = workbook.write("c2", "dates", value)
    workbook.cell("c2", "dates").number_format = form
    workbook.read_back()
    assert place == "O6"
    assert workbook.refused == [
        f"commitments, O6: {text!r} does not stand in the article; of dates the article has 2030, Monday"
    ]


def test_two_articles_are_known_by_their_ids(tmp_path: Path) -> None:
    workbook = Spreadsheet(tmp_path, record(), other_record(), record())
    assert workbook.count == {"done": 2, "failed": 1}
    assert workbook.said == ["laos-1: comes twice; keep one record of it"]
    workbook.add(trigger="said", kind="policy", status="agreed")
    workbook.add(article="peru/1", trigger="lend", kind="policy", status="agreed", quote="would lend Peru $700m")
    laos, peru = workbook.read_back(), workbook.read_back("peru/1")
    assert (len(laos["commitments"]), len(peru["commitments"])) == (2, 2)
    assert workbook.refused == ["commitments, A5: choose the article of the row"]


def under_review(workbook: Spreadsheet) -> None:
    (workbook.out / "review").mkdir(parents=True)
    (workbook.out / "review" / "laos-1.jsonl").write_text("{}\n", encoding="utf-8")


def other_text(workbook: Spreadsheet) -> None:
    workbook.out.mkdir()
    row = {"id": "laos-1", "text": TEXT.replace("Monday", "Sunday")}
    (workbook.out / "articles.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")


def mixed_sheets(workbook: Spreadsheet) -> None:
    workbook.book["articles"].cell(2, workbook.column("digest", "articles")).value = "0" * 64


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (under_review, "has a review of it, whose gold only `corridor review` may change"),
        (other_text, "articles.jsonl has another version of its text; name another folder, or export the article"),
        (mixed_sheets, "the sheet articles has another version of it; do not mix workbooks"),
    ],
)
def test_an_article_that_must_not_be_read_is_refused(
    workbook: Spreadsheet, change: Callable[[Spreadsheet], None], reason: str
) -> None:
    change(workbook)
    assert workbook.read_back() == {}
    assert (workbook.count, len(workbook.said)) == ({"failed": 1}, 1)
    assert reason in workbook.said[0]


@pytest.mark.parametrize(
    ("sheet", "column", "message"),
    [
        ("corridor", "", "has no sheet 'corridor'; take the workbook that `corridor annotate export --to xlsx` wrote"),
        ("commitments", "", "has no sheet 'commitments'; give the sheet its name again"),
        ("commitments", "id", "sheet commitments has no column 'id'; undo what renamed or removed it"),
    ],
)
def test_a_workbook_without_its_sheets_or_ids_is_refused(
    workbook: Spreadsheet, sheet: str, column: str, message: str
) -> None:
    if column:
        workbook.book[sheet].delete_cols(workbook.column(column))
    else:
        del workbook.book[sheet]
    with pytest.raises(SetupError, match=re.escape(message)):
        workbook.read_back()


def test_what_the_workbook_offers(workbook: Spreadsheet) -> None:
    book = load_workbook(workbook.path)
    sheet = book["commitments"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref
    assert all(cell.comment for cell in sheet[1])
    kinds = {str(cell.sqref): cell for cell in sheet.data_validations.dataValidation}
    column = next(cell.column_letter for cell in sheet[1] if cell.value == "kind")
    chosen = next(rule for ref, rule in kinds.items() if ref.startswith(f"{column}2:"))
    assert (chosen.type, chosen.showErrorMessage) == ("list", True)
    listed = [row[0].value for row in book["lists"]["A2:A7"]]
    assert listed == ["finance", "agreement", "contract", "delivery", "cooperation", "policy"]
    fixed = [rule for rule in kinds.values() if rule.type == "custom"]
    assert {rule.formula1 for rule in fixed} == {"FALSE"}
    assert book["corridor"].sheet_state == "veryHidden"
    assert any("rejected" in str(cell.value) for row in book["how"].iter_rows() for cell in row)
