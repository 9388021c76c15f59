"""Writes records or gold to a workbook, and reads a corrected workbook back into a gold folder.

A bad cell does not affect the others, nor a bad article the others; gold of other articles in the folder is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import article_rows, file_name, is_gold, read_gold, write_gold
from pipeline.record import Record, digest
from pipeline.records import read
from pipeline.review.accepted.decisions import DECISIONS, Decided
from pipeline.review.edits.progress import Base, from_record
from pipeline.review.page.folder import REVIEW
from pipeline.review.workbook import cast
from pipeline.review.workbook.acts import Acts
from pipeline.review.workbook.carried import carried_in
from pipeline.review.workbook.columns import (
    ACTORS_SHEET,
    ARTICLE,
    ARTICLES,
    CARRIED,
    COMMITMENTS,
    EDITABLE,
    PROJECTS_SHEET,
)
from pipeline.review.workbook.desk import Desk
from pipeline.review.workbook.lines import Line, Sorted, lines, sort_out
from pipeline.review.workbook.rows import rows
from pipeline.review.workbook.sheets import Table, sheets
from pipeline.review.workbook.values import plain
from pipeline.review.workbook.write import write
from pipeline.whole import whole_file

Say = Callable[[str], None]
_MIXED = f"the sheet {ARTICLES} has another version of it; do not mix workbooks, export the article again"
_UNDER_REVIEW = "has a review of it, whose gold only `corridor review` may change; name another folder"
_OTHER_TEXT = "has another version of its text; name another folder, or export the article again"


def export(source: str, out: str, say: Say) -> Counter[str]:
    """Writes a gold folder or records as a workbook; returns how many articles are `done` and `failed`.

    `say` is called with each failure. Raises SetupError if `source` cannot be read.
    """
    count: Counter[str] = Counter()
    articles: dict[str, Record] = {}
    for found in _records(source):
        if not isinstance(found, ArticleError) and plain(found.article.id) in articles:
            found = ArticleError(found.article.id, "comes twice; keep one record of it")
        count["failed" if isinstance(found, ArticleError) else "done"] += 1
        if isinstance(found, ArticleError):
            say(str(found))
        else:
            articles[plain(found.article.id)] = found
    write(out, list(articles.values()))
    return count


def import_(file: Path, out: Path, say: Say) -> Counter[str]:
    """Writes what the workbook says into a gold folder; other articles in it are kept.

    Returns how many articles are `done` and `failed`, how many cells are `refused`, and how many commitments have each
    decision. `say` is called with each reason. Raises SetupError if the file is no workbook of Corridor.
    """
    return _Import(file, out, say).run()


class _Import:
    def __init__(self, file: Path, out: Path, say: Say) -> None:
        self._file, self._out, self._say = file, out, say
        self._tables = sheets(file)
        self._count: Counter[str] = Counter()
        self._failed: set[str] = set()  # articles that are not read

    def run(self) -> Counter[str]:
        articles = self._articles()
        found = {name: self._sorted(name, articles) for name in EDITABLE}
        golds: list[Record] = []
        decisions: dict[str, list[Decided]] = {}
        for name, carried in articles.items():
            try:
                desk = self._corrected(name, carried, found)
                golds.append(desk.gold())
                decisions[carried.record.article.id] = desk.decided()
                self._count["done"] += 1
            except ArticleError as error:
                self._fail(error)
        if golds:
            write_gold(self._out, golds)
            self._write_decisions(decisions)
        return self._count

    def _articles(self) -> dict[str, Base]:
        """The articles that the workbook carries, by what its cells show of their ids."""
        table = self._table(CARRIED, "take the workbook that `corridor annotate export --to xlsx` wrote")
        self._table(COMMITMENTS, "give the sheet its name again")
        stated, folder = self._digests(), self._folder_digests()
        found: dict[str, Base] = {}
        for line in table.rows:
            texts = [cell.text for cell in line]
            name = plain(texts[0])
            try:
                carried = carried_in(f"{self._file}: {name}", texts)
                text = carried.record.article.sha256
                if name in found or stated.get(name, text) != text:
                    raise ArticleError(f"{self._file}: {name}", _MIXED)
                if folder.get(carried.record.article.id, text) != text:
                    raise ArticleError(f"{self._file}: {name}", f"{self._out / 'articles.jsonl'} {_OTHER_TEXT}")
                if (self._out / REVIEW / f"{file_name(carried.record.article.id)}.jsonl").exists():
                    raise ArticleError(f"{self._file}: {name}", f"{self._out} {_UNDER_REVIEW}")
                found[name] = carried
            except ArticleError as error:
                self._failed.add(name)
                self._fail(error)
        return found

    def _digests(self) -> dict[str, str]:
        """The digests of texts on the sheet `articles`, where it is there."""
        table = self._tables.get(ARTICLES)
        if table is None:
            return {}
        found = lines(str(self._file), table, self._refuse, self._say, ids=False)
        return {line.text(ARTICLE): line.text("digest") for line in found if line.text("digest")}

    def _folder_digests(self) -> dict[str, str]:
        known = article_rows(self._out) if (self._out / "articles.jsonl").exists() else {}
        return {name: digest(str(row.get("text", ""))) for name, row in known.items()}

    def _sorted(self, name: str, articles: Mapping[str, Base]) -> Sorted:
        table = self._tables.get(name)
        if table is None:
            self._refuse(name, "all of it", "the sheet is gone; what it held is kept as it was")
            return Sorted({}, {})
        ids = {article: {row["id"] for row in rows(found.record, name)} for article, found in articles.items()}
        sorted_out = sort_out(
            lines(str(self._file), table, self._refuse, self._say), ids, self._failed - ids.keys(), self._refuse
        )
        self._missing(name, ids, sorted_out)
        return sorted_out

    def _missing(self, sheet: str, ids: Mapping[str, set[str]], found: Sorted) -> None:
        """Says which rows are gone."""
        how = "; to remove a commitment, choose rejected" if sheet == COMMITMENTS else ""
        for article, names in ids.items():
            gone = sorted(name for name in names if (article, name) not in found.known)
            if gone:
                which = "all rows" if gone == sorted(names) else ", ".join(gone)
                self._say(f"{self._file}: sheet {sheet}: {article}: gone or not readable, and kept: {which}{how}")

    def _corrected(self, name: str, carried: Base, found: Mapping[str, Sorted]) -> Desk:
        desk = Desk(carried, self._refuse, lambda what: self._say(f"{self._file}: {what}"))
        for sheet in (ACTORS_SHEET, PROJECTS_SHEET):
            for entity, line in _of(found[sheet], name):
                cast.correct(desk, line, entity)
            for line in found[sheet].new.get(name, ()):
                cast.add(desk, line)
        acts = Acts(desk)
        decisions = [acts.correct(line, act) for act, line in _of(found[COMMITMENTS], name)]
        decisions += [acts.add(line) for line in found[COMMITMENTS].new.get(name, ())]
        self._count.update(decision for decision in decisions if decision)
        return desk

    def _write_decisions(self, decisions: Mapping[str, list[Decided]]) -> None:
        """Writes the decisions beside the gold, as a review does; an article without any has no file."""
        for article, rows_of_it in decisions.items():
            path = self._out / DECISIONS / f"{file_name(article)}.jsonl"
            if rows_of_it:
                with whole_file(str(path)) as file:
                    file.writelines(f"{row.to_json()}\n" for row in rows_of_it)
            else:
                path.unlink(missing_ok=True)

    def _table(self, name: str, remedy: str) -> Table:
        if name not in self._tables:
            raise SetupError(f"{self._file}: has no sheet {name!r}; {remedy}")
        return self._tables[name]

    def _refuse(self, sheet: str, at: str, reason: str) -> None:
        self._count["refused"] += 1
        self._say(f"{self._file}: sheet {sheet}, {at}: {reason}")

    def _fail(self, error: ArticleError) -> None:
        self._count["failed"] += 1
        self._say(str(error))


def _of(found: Sorted, article: str) -> list[tuple[str, Line]]:
    """The rows of an article, by id."""
    return [(name, line) for (of, name), line in found.known.items() if of == article]


def _records(source: str) -> Iterator[Record | ArticleError]:
    for found in read_gold(Path(source)) if is_gold(Path(source)) else read(source):
        try:
            yield found if isinstance(found, ArticleError) else from_record(found).record
        except ArticleError as error:
            yield error
