"""Reads a corrected workbook back into a gold folder: each changed cell is an operation of a review.

A bad cell does not affect the others, nor a bad article the others; gold of other articles in the folder is kept.
"""

import base64
import binascii
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.atomic import whole_file
from pipeline.errors import ArticleError, SetupError
from pipeline.gold.check import problems
from pipeline.gold.folder import article_rows, as_gold, file_name, write_gold
from pipeline.record import Project, Quote, Record, digest
from pipeline.review.accepted.carrying import places
from pipeline.review.accepted.decisions import DECISIONS as FOLDER
from pipeline.review.edits.difference import Operation, difference
from pipeline.review.edits.fields import QUOTED_AS
from pipeline.review.edits.operations import edited
from pipeline.review.edits.progress import Base, based_on, decided
from pipeline.review.edits.working import SURE, Refused, State, changed, ids_of, part_of, slot_id
from pipeline.review.formats.task import record_of
from pipeline.review.page.folder import REVIEW
from pipeline.review.workbook.columns import (
    ARTICLES,
    CARRIED,
    COMMITMENTS,
    DECISIONS,
    EDITABLE,
    FLOW,
    SHEETS,
    Column,
    choices,
    did_you_mean,
    parts,
    plain,
)
from pipeline.review.workbook.quoted import quoted, trigger_at
from pipeline.review.workbook.read import Refuse, Row, rows, sheets
from pipeline.stages.models.sectors import labelled
from pipeline.values.gazetteer.names import key

Say = Callable[[str], None]
_UNPACKED = 100_000_000  # bytes of an article
_MIXED = f"the sheet {ARTICLES} has another version of it; do not mix workbooks, export the article again"
_UNDER_REVIEW = "has a review of it, whose gold only `corridor review` may change; name another folder"
_NEW = "in a new row leave the id empty"
_OTHER_TEXT = "has another version of its text; name another folder, or export the article again"


def import_(file: Path, out: Path, say: Say) -> Counter[str]:
    """Writes what the workbook says into a gold folder; other articles in it are kept.

    Returns how many articles are `done` and `failed`, how many cells are `refused`, and how many commitments have each
    decision. `say` is called with each reason. Raises SetupError if the file is no workbook of Corridor.
    """
    book = _Workbook(file, out, say)
    by_sheet = {sheet: book.rows(sheet) for sheet in EDITABLE}
    golds: list[Record] = []
    rows_of: dict[Path, list[str]] = {}  # of decisions, as a review writes them
    for name, base in book.articles.items():
        article = Corrections(base.record, book.refuse, book.say)
        made = [article.read(row) for sheet in (*EDITABLE[1:], COMMITMENTS) for row in by_sheet[sheet][name]]
        book.count.update(filter(None, ["done", *made]))
        golds.append(as_gold(article.state.kept))
        rows_of[book.path(FOLDER, base)] = [f"{one.to_json()}\n" for one in decided(base, article.state)]
    if golds:
        write_gold(out, golds)
    for path, lines in rows_of.items():
        if not lines:
            path.unlink(missing_ok=True)
            continue
        with whole_file(str(path)) as written:
            written.writelines(lines)
    return book.count


class _Workbook:
    """`articles`: by their id as cells show it, but for those that must not be read."""

    def __init__(self, file: Path, out: Path, say: Say) -> None:
        self._file, self._out = file, out
        self.say: Say = lambda what: say(f"{file}: {what}")
        self._tables = sheets(file)
        self.count: Counter[str] = Counter()
        self.articles: dict[str, Base] = {}
        self._failed: set[str] = set()
        for name, remedy in (
            (CARRIED, "take the workbook that `corridor annotate export --to xlsx` wrote"),
            (COMMITMENTS, "give the sheet its name again"),
        ):
            if name not in self._tables:
                raise SetupError(f"{file}: has no sheet {name!r}; {remedy}")
        known = article_rows(out) if (out / "articles.jsonl").exists() else {}
        listed = rows(file, ARTICLES, self._tables[ARTICLES], self.refuse) if ARTICLES in self._tables else []
        stated = {row.text("article"): row.text("digest") for row in listed}
        for cells in self._tables[CARRIED][1:]:
            texts = [cell.text for cell in cells]
            name = plain(texts[0]) if texts else ""
            try:
                if any(texts):
                    self.articles[name] = self._opened(name, texts, stated.get(name), known)
            except ArticleError as error:
                self._failed.add(name)
                self.count["failed"] += 1
                self.say(str(error))

    def _opened(self, name: str, texts: Sequence[str], stated: str | None, known: Mapping[str, Any]) -> Base:
        """The article of a row of the hidden sheet. Raises ArticleError where it must not be read."""
        base = based_on(_carried(name, texts))
        article = base.record.article
        if name in self.articles or (stated and stated != article.sha256):
            raise ArticleError(name, _MIXED)
        if article.id in known and digest(str(known[article.id].get("text", ""))) != article.sha256:
            raise ArticleError(name, f"{self._out / 'articles.jsonl'} {_OTHER_TEXT}")
        if self.path(REVIEW, base).exists():
            raise ArticleError(name, f"{self._out} {_UNDER_REVIEW}")
        return base

    def rows(self, sheet: str) -> Mapping[str, list[Row]]:
        """The rows of a sheet by article, new ones last; refuses those of no article or id, and second ones."""
        ids = {name: [part.id for part in SHEETS[sheet].parts(base.record)] for name, base in self.articles.items()}
        by_id: dict[str, dict[str, Row]] = {name: {} for name in ids}
        if sheet not in self._tables:
            self.refuse(sheet, "all of it", "the sheet is gone; what it held is kept as it was")
            return {name: [] for name in ids}
        only = next(iter(ids)) if len(ids) == 1 and not self._failed else ""
        for row in rows(self._file, sheet, self._tables[sheet], self.refuse):
            article, name, column, reason = row.text("article") or only, row.text("id"), "id", ""
            if article in self._failed:
                continue
            if article not in ids:
                unknown = f"there is no article {article!r} in this workbook{did_you_mean(article, ids)}"
                column, reason = "article", unknown if article else "choose the article of the row"
            elif name and name not in ids[article]:
                reason = f"there is no {name!r} in {article}; {_NEW}"
            elif first := by_id[article].get(name):
                reason = f"row {first.number} is {name} of {article} too; {_NEW}"
            if reason:
                self.refuse(sheet, row.at(column), reason)
            else:
                by_id[article][name or row.at("")] = row
        how = "; to remove a commitment, choose rejected" if sheet == COMMITMENTS else ""
        for article, names in ids.items():
            if gone := [name for name in names if name not in by_id[article]]:
                which = "all rows" if gone == names else ", ".join(gone)
                self.say(f"sheet {sheet}: {article}: gone or not readable, and kept: {which}{how}")
        return {name: sorted(part.values(), key=lambda row: not row.text("id")) for name, part in by_id.items()}

    def path(self, part: str, base: Base) -> Path:
        return self._out / part / f"{file_name(base.record.article.id)}.jsonl"

    def refuse(self, sheet: str, at: str, reason: str) -> None:
        self.count["refused"] += 1
        self.say(f"sheet {sheet}, {at}: {reason}")


def _carried(name: str, row: Sequence[str]) -> Record:
    """The record on a row of the hidden sheet. Raises ArticleError where the row is damaged.

    Earlier versions carried gold of the annotation guide in place of a record.
    """
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode("".join(row[2:]), validate=True), _UNPACKED)
        if not unpacker.eof:
            raise ValueError("cut, or too large")
        content = json.loads(data)
        text = content["article"]["text"] if row[1] == "record" else content["text"]
    except (ValueError, LookupError, TypeError, zlib.error, binascii.Error) as error:
        reason = f"its hidden sheet is damaged ({type(error).__name__}); export the article again"
        raise ArticleError(name, reason) from error
    return record_of(name, {"record": content} if row[1] == "record" else content, text)


class Corrections:
    """An article under correction. `state`: its record now, and the decisions; `say`: called with what to check."""

    def __init__(self, record: Record, refuse: Refuse, say: Say) -> None:
        self.state, self._before = State(record), record
        self._refuse, self._say = refuse, say
        self._lists = choices(record, record)

    def read(self, row: Row) -> str | None:
        """Corrects the part of the record that a row shows, or adds the one that a new row describes.

        Returns the decision on a commitment, if there is one that can be read. Of a rejected one no other cell is read.
        """
        name, decision, sheet = row.text("id"), row.text("decision").casefold(), SHEETS[row.sheet]
        columns = [column for column in sheet.columns if column.name in row.cells]
        if name:
            part = part_of(self._before, name)
            columns = [column for column in columns if self._is_changed(row, column, part)]
            if any(column.name == "quote" for column in columns):
                what = f"is not the sentence of {name}; its row was changed, or sorted in part"
                self._refuse(row.sheet, row.at("quote"), f"{what}, so nothing of it is read")
                return None
        elif decision != "rejected":
            columns = [
                c for c in columns if c.name not in sheet.needs and (row.text(c.name) or row.cells[c.name].wrong)
            ]
            name = self._added(row)
        if not name:
            return None
        columns.sort(key=lambda column: column.name == "instrument" and not row.text("instrument"))  # emptied last
        for column in columns:
            if not column.fixed and (decision != "rejected" or column.name == "decision"):
                with self._refusing(row, column.name):
                    self._do(self._operations(row, column, name))
        return decision if decision in DECISIONS else None

    @contextmanager
    def _refusing(self, row: Row, column: str) -> Iterator[None]:
        try:
            yield
        except Refused as error:
            self._refuse(row.sheet, row.at(column), str(error))

    def _do(self, operations: Iterable[Operation]) -> None:
        """Does all operations or none. Raises Refused for one that cannot be done."""
        state = self.state
        for operation in operations:
            state = edited(state, operation)
        if wrong := problems(state.record):
            raise Refused(wrong[0])
        self.state = state

    def _is_changed(self, row: Row, column: Column, part: Any) -> bool:
        cell, text = row.cells[column.name], column.text(self._before, part, self._lists)
        same = parts(cell.text) == parts(text) if column.many else plain(cell.text) == text
        return bool(cell.wrong) or not same

    def _value(self, row: Row, column: Column) -> Any:
        if row.cells[column.name].wrong:
            raise Refused(row.cells[column.name].wrong)
        return column.read(row.cells[column.name].text, choices(self.state.record, self._before))

    def _added(self, row: Row) -> str:
        """The id of what a new row adds with the columns that it needs; empty where it cannot be added."""
        sheet, fields, known = SHEETS[row.sheet], dict[str, Any](), ids_of(self.state.record)
        if missing := [column for column in sheet.needs if not row.text(column)]:
            reason = f"a new {sheet.noun} needs {' and '.join(missing)}; the row is not read"
            self._refuse(row.sheet, row.at(missing[0]), reason)
            return ""
        for column in sheet.columns:
            if column.name in sheet.needs:
                with self._refusing(row, column.name):
                    fields[column.name] = self._value(row, column)
        with self._refusing(row, sheet.needs[0]):
            if len(fields) == len(sheet.needs):
                self._do([{"do": "add", "what": sheet.noun, "fields": self._placed(row, fields)}])
        return next(iter(ids_of(self.state.record) - known), "")

    def _placed(self, row: Row, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields of a new part of the record with its place in the text: its trigger, or its mentions."""
        record, what = self.state.record, SHEETS[row.sheet].needs[0]
        if what == "trigger":
            within = places(record.article.text, row.text("quote"))
            if row.text("quote") and not within:
                raise Refused("the words of the column quote are not in the article; paste a sentence of it")
            place = trigger_at(record, fields.pop("trigger"), within)
            same = [act.id for act in record.commitments if (act.trigger.start, act.trigger.end) == place]
            fields |= {"start": place[0], "end": place[1]}
        else:
            name = key(fields["name"])
            same = [part.id for part in SHEETS[row.sheet].parts(record) if key(part.name) == name]
            fields["mentions"] = [m.id for m in record.mentions if m.entity is None and key(m.text) == name]
        if same:
            raise Refused(f"{same[0]} has this {what} already; correct its row, and put back its id if it is gone")
        return fields

    def _operations(self, row: Row, column: Column, name: str) -> list[Operation]:
        """The operations that make a part of the record what a cell says of it."""
        record, field, value = self.state.record, column.name, self._value(row, column)
        part = part_of(record, name)
        if field == "decision":
            return [{"do": "decide", "id": name, "decision": "accepted" if value == "corrected" else value}]
        if field not in QUOTED_AS:
            return difference(part, changed(part, **_fields(record, part, field, value)))
        found = quoted(record, part, field, value)
        made = difference(part, changed(part, **{field: [one for one, _ in found]}))
        other = [step for one, typed in found for step in difference(one, typed, slot_id(name, field, one))]
        if other:
            what = f"{row.text(field)!r} is not what the words of the article say; taken"
            self._say(f"sheet {row.sheet}, {row.at(field)}: {what}")
        return made + other


def _fields(record: Record, part: Any, field: str, value: Any) -> dict[str, Any]:
    """The field of a part that a cell is about. Raises Refused for a trigger elsewhere, or a flow of no instrument."""
    if field == "trigger":
        start, end = trigger_at(record, value, [(span.start, span.end) for span in part.evidence])
        return {field: Quote(text=record.article.text[start:end], start=start, end=end)}
    if field in FLOW:
        flow = dict(part.flow or {"instrument": None, "provider": [], "recipient": []}) | {field: value}
        if flow["instrument"] is None and (flow["provider"] or flow["recipient"]):
            raise Refused("money that moves has an instrument: choose one, or empty provider and recipient too")
        return {"flow": flow if flow["instrument"] else None}
    if field == "sectors" and isinstance(part, Project):
        return {field: [labelled(code, SURE) for code in value]}
    return {"with_" if field == "with" else field: value}
