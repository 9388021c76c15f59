"""Reads a corrected workbook back into a gold folder.

A bad cell does not affect the others, nor a bad article the others; gold of other articles in the folder is kept.
"""

import base64
import binascii
import json
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.atomic import whole_file
from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import article_rows, as_gold, file_name, write_gold
from pipeline.record import Record, digest
from pipeline.review.accepted.decisions import DECISIONS, Decided
from pipeline.review.edits.progress import Base, based_on, decided
from pipeline.review.formats.task import record_of
from pipeline.review.page.folder import REVIEW
from pipeline.review.workbook.cells import did_you_mean, plain
from pipeline.review.workbook.columns import ARTICLES, CARRIED, COMMITMENTS, EDITABLE, SHEETS
from pipeline.review.workbook.corrections import Corrections
from pipeline.review.workbook.read import Row, rows, sheets

Say = Callable[[str], None]
_UNPACKED = 100_000_000  # bytes of an article
_MIXED = f"the sheet {ARTICLES} has another version of it; do not mix workbooks, export the article again"
_UNDER_REVIEW = "has a review of it, whose gold only `corridor review` may change; name another folder"
_OTHER_TEXT = "has another version of its text; name another folder, or export the article again"


def import_(file: Path, out: Path, say: Say) -> Counter[str]:
    """Writes what the workbook says into a gold folder; other articles in it are kept.

    Returns how many articles are `done` and `failed`, how many cells are `refused`, and how many commitments have each
    decision. `say` is called with each reason. Raises SetupError if the file is no workbook of Corridor.
    """
    return _Import(file, out, say).run()


class _Import:
    def __init__(self, file: Path, out: Path, say: Say) -> None:
        self._file, self._out = file, out
        self._say: Say = lambda what: say(f"{file}: {what}")
        self._tables = sheets(file)
        self._count: Counter[str] = Counter()
        self._articles: dict[str, Base] = {}  # by their id as cells show it
        self._failed: set[str] = set()  # articles that are not read

    def run(self) -> Counter[str]:
        for name, remedy in (
            (CARRIED, "take the workbook that `corridor annotate export --to xlsx` wrote"),
            (COMMITMENTS, "give the sheet its name again"),
        ):
            if name not in self._tables:
                raise SetupError(f"{self._file}: has no sheet {name!r}; {remedy}")
        self._open()
        by_sheet = {sheet: self._rows(sheet) for sheet in EDITABLE}
        golds: list[Record] = []
        decisions: dict[Path, list[Decided]] = {}
        for name, base in self._articles.items():
            article = Corrections(base.record, self._refuse, self._say)
            made = [article.read(row) for sheet in (*EDITABLE[1:], COMMITMENTS) for row in by_sheet[sheet][name]]
            self._count.update(decision for decision in made if decision)
            self._count["done"] += 1
            golds.append(as_gold(article.state.kept))
            decisions[self._path(DECISIONS, base)] = decided(base, article.state)
        if golds:
            write_gold(self._out, golds)
        for path, rows_of in decisions.items():  # as a review writes them; an article without any has no file
            if rows_of:
                with whole_file(str(path)) as file:
                    file.writelines(f"{row.to_json()}\n" for row in rows_of)
            else:
                path.unlink(missing_ok=True)
        return self._count

    def _open(self) -> None:
        """Opens the articles that the workbook carries, but for those that must not be read."""
        known = article_rows(self._out) if (self._out / "articles.jsonl").exists() else {}
        shown = rows(self._file, ARTICLES, self._tables[ARTICLES], self._refuse) if ARTICLES in self._tables else []
        stated = {row.text("article"): row.text("digest") for row in shown}
        for cells in self._tables[CARRIED][1:]:
            texts = [cell.text for cell in cells]
            if not any(texts):
                continue
            name = plain(texts[0])
            try:
                base = based_on(_carried(name, texts))
                article = base.record.article
                if name in self._articles or stated.get(name) not in (None, "", article.sha256):
                    raise ArticleError(name, _MIXED)
                if article.id in known and digest(str(known[article.id].get("text", ""))) != article.sha256:
                    raise ArticleError(name, f"{self._out / 'articles.jsonl'} {_OTHER_TEXT}")
                if self._path(REVIEW, base).exists():
                    raise ArticleError(name, f"{self._out} {_UNDER_REVIEW}")
                self._articles[name] = base
            except ArticleError as error:
                self._failed.add(name)
                self._count["failed"] += 1
                self._say(str(error))

    def _rows(self, sheet: str) -> Mapping[str, list[Row]]:
        """The rows of a sheet by article, new ones last; refuses those of no article or id, and second ones."""
        ids = {name: [part.id for part in SHEETS[sheet].parts(base.record)] for name, base in self._articles.items()}
        by_id: dict[str, dict[str, Row]] = {name: {} for name in ids}
        table = self._tables.get(sheet)
        if table is None:
            self._refuse(sheet, "all of it", "the sheet is gone; what it held is kept as it was")
            return {name: [] for name in ids}
        only = next(iter(ids)) if len(ids) == 1 and not self._failed else ""
        for row in rows(self._file, sheet, table, self._refuse):
            article, name = row.text("article") or only, row.text("id")
            if not article:
                self._refuse(sheet, row.at("article"), "choose the article of the row")
            elif article not in ids:
                reason = f"there is no article {article!r} in this workbook{did_you_mean(article, ids)}"
                if article not in self._failed:
                    self._refuse(sheet, row.at("article"), reason)
            elif name and name not in ids[article]:
                self._refuse(sheet, row.at("id"), f"there is no {name!r} in {article}; in a new row leave the id empty")
            elif name in by_id[article]:
                first = by_id[article][name].number
                reason = f"row {first} is {name} of {article} too; in a new row leave the id empty"
                self._refuse(sheet, row.at("id"), reason)
            else:
                by_id[article][name or row.at("")] = row
        how = "; to remove a commitment, choose rejected" if sheet == COMMITMENTS else ""
        for article, names in ids.items():
            gone = [name for name in names if name not in by_id[article]]
            if gone:
                which = "all rows" if gone == names else ", ".join(gone)
                self._say(f"sheet {sheet}: {article}: gone or not readable, and kept: {which}{how}")
        return {name: sorted(part.values(), key=lambda row: not row.text("id")) for name, part in by_id.items()}

    def _path(self, part: str, base: Base) -> Path:
        return self._out / part / f"{file_name(base.record.article.id)}.jsonl"

    def _refuse(self, sheet: str, at: str, reason: str) -> None:
        self._count["refused"] += 1
        self._say(f"sheet {sheet}, {at}: {reason}")


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
