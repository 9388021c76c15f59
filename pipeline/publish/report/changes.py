"""Changes of a knowledge folder in words: as text, as CSV and as the page "What is new"."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from string import Template
from typing import TextIO
from urllib.parse import urlsplit

from pipeline.knowledge.changes import Change, Saying
from pipeline.publish.report.news import HEADS, facts, who
from pipeline.publish.report.page import policy, web
from pipeline.publish.report.words import clean, quoted

COLUMNS = (
    "change", "day", "by", "to", "projects", "kind", "instrument", "status", "amounts", "field", "old", "new",
    "revised", "id", "other", "source", "date", "link", "url", "quote", "other_source", "other_date",
    "other_link", "other_url", "other_quote", "alerts",
)  # fmt: skip
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")  # the start of text that spreadsheets calculate
_STYLES = ("tokens", "frame", "table", "projects", "print")
_PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>What is new</title>
<style>$style</style>
</head>
<body>
<header class="frame"><p class="title">What is new</p></header>
<main>
<h1>What is new</h1>
$body
</main>
<footer class="frame">Made by Corridor. Check the quoted words before you rely on a value.</footer>
</body>
</html>
""")


def text(rows: Sequence[Change]) -> str:
    """The changes for a terminal: a heading for each kind, a line for each change, with its words."""
    if not rows:
        return "Nothing is new.\n"
    parts = []
    for head, group in _groups(rows):
        parts.append(f"{head} ({len(group)})\n" + "".join(f"  {_line(row)}\n" for row in group))
    return "\n".join(parts)


def _groups(rows: Iterable[Change]) -> Iterator[tuple[str, list[Change]]]:
    for kind, group in groupby(rows, key=lambda row: row.change):
        yield HEADS[kind], list(group)


def _line(row: Change) -> str:
    said = row.quotes if row.change == "contradicted" else row.quotes[-1:]
    words = " / ".join(f"{quoted(one.quote)} ({_outlet(one)})" for one in said)
    named = f" [{', '.join(map(clean, row.alerts))}]" if row.alerts else ""
    return f"{row.day or 'no date'}  {who(row)}: {', '.join(facts(row))}{named}. {words}"


def _outlet(said: Saying) -> str:
    return ", ".join(filter(None, (clean(said.source or ""), said.date))) or said.link


def write_csv(rows: Iterable[Change], file: TextIO) -> None:
    """A line for each change; several values are joined by "; ". Text that a spreadsheet would calculate gets a '.

    `source` to `quote` are of the new value, `other_source` to `other_quote` of the old one, or of the other side.
    """
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    for row in rows:
        plain = row.model_dump(include={"change", "day", "kind", "instrument", "status", "field", "id", "other"})
        lists = {name: "; ".join(getattr(row, name)) for name in ("amounts", "old", "new", "alerts")}
        names = {side: "; ".join(one.name for one in getattr(row, side)) for side in ("by", "to", "projects")}
        *before, now = (said.model_dump() for said in row.quotes)
        other = {f"other_{name}": value for said in before for name, value in said.items()}
        cells = {"revised": "yes" if row.revised else "", **plain, **lists, **names, **now, **other}
        writer.writerow({name: _cell(value or "") for name, value in cells.items()})


def _cell(value: str) -> str:
    return f"'{value}" if _FORMULA.match(value) else value


def page(rows: Sequence[Change]) -> str:
    """The changes as one HTML page without scripts. The content security policy allows only its own style."""
    style = "\n".join(web(f"{name}.css") for name in _STYLES)
    return _PAGE.substitute(
        policy=escape(policy(style, (), connect=False)),
        style=style,
        body="\n".join(_sections(rows)) or '<p class="nothing">Nothing is new.</p>',
    )


def _sections(rows: Iterable[Change]) -> Iterator[str]:
    for head, group in _groups(rows):
        yield f'<section class="project"><h2>{head} <span class="count">{len(group)}</span></h2>'
        yield '<ul class="disagreements">'
        yield from map(_item, group)
        yield "</ul></section>"


def _item(row: Change) -> str:
    words = ", ".join([*facts(row), *(f"alert: {clean(name)}" for name in row.alerts)])
    head = f"<h3><bdi>{escape(who(row))}</bdi></h3><p>{row.day or 'no date'}: {escape(words)}</p>"
    return f"<li>{head}{''.join(map(_words, row.quotes))}</li>"


def _words(said: Saying) -> str:
    return f'<p><q>{_linked(said)}</q> <span class="source">{escape(_outlet(said))}</span></p>'


def _linked(said: Saying) -> str:
    """The words, as a link where the article has a web address."""
    words = escape(clean(said.quote))
    return f'<a href="{escape(said.url)}">{words}</a>' if said.url and _is_web(said.url) else words


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
    except ValueError:
        return False
