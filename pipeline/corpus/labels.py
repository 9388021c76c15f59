"""Gold without its texts, for articles that may not be given away: joined with a copy of them, it is a gold folder.

Labels are JSON lines, one an article: `article` (16 digits of the SHA-256 of its id), `sha256` of the text as far as it
was annotated, `start` and `length` of that in characters, `sentences` (start and end, as gold numbers them) and `gold`
as in `gold/ID.json`, where quotes of more than `WORDS` words are places in the text (`@start:end`): no line of it is
there. A later part of a long article is gold of its own, whose id is that of the article, `+` and its `start`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.corpus.file_names import gold_file
from pipeline.corpus.gold import GoldArticle, read_corpus
from pipeline.errors import SetupError

WORDS = 3
_LABEL = re.compile(r"(?:[A-Z]+:)?")  # before the words that are the end of a relation
_PLACE = re.compile(r"((?:[A-Z]+:)?)@(\d+):(\d+)")
_PART = re.compile(r"(.*?)(?:\+(\d+))?", re.DOTALL)  # an id and where in its article the text begins


def label_of(gold: GoldArticle) -> dict[str, Any]:
    """The label of an article: one line, without its text."""
    told = {name: value for name, value in gold.raw.items() if name != "id"}
    whole, start = _PART.fullmatch(gold.id).groups()  # type: ignore[union-attr]
    return {
        "article": _named(whole),
        "start": int(start or 0),
        "sha256": sha256(gold.text.encode()).hexdigest(),
        "length": len(gold.text),
        "sentences": gold.numbered,
        "gold": _each(told, partial(_placed, text=gold.text)),
    }


def strip(folder: Path, out: Path) -> int:
    """Writes the labels of a gold folder; returns how many."""
    golds = read_corpus(folder)
    lines = (json.dumps(label_of(gold), ensure_ascii=False, separators=(",", ":")) + "\n" for gold in golds)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(lines), encoding="utf-8")
    return len(golds)


def join(labels: Path, texts: Sequence[Path], out: Path) -> tuple[int, int]:
    """Writes the gold folder of the articles whose text stands in `texts` (JSON lines with `id` and `text`).

    Returns how many were joined, and how many there are. Raises SetupError where a text is not the one annotated.
    """
    wanted = list(_rows(labels))
    names = {label["article"] for label in wanted}
    (out / "gold").mkdir(parents=True, exist_ok=True)
    known = ((_named(row["id"]), row) for path in texts for row in _rows(path))
    found = {name: row for name, row in known if name in names}
    joined = [(label, _joined(label, found[label["article"]])) for label in wanted if label["article"] in found]
    with (out / "articles.jsonl").open("w", encoding="utf-8") as articles:
        for label, article in joined:
            articles.write(json.dumps(article, ensure_ascii=False) + "\n")
            told = _each(label["gold"], partial(_quoted, text=article["text"]))
            gold = json.dumps({"id": article["id"], **told}, ensure_ascii=False)
            gold_file(out, article["id"]).write_text(gold + "\n", encoding="utf-8")
    return len(joined), len(wanted)


def _named(name: str) -> str:
    """An id may be a headline, so its digest stands for it."""
    return sha256(name.encode()).hexdigest()[:16]


def _joined(label: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    start = label.get("start", 0)
    text = row["text"][start : start + label["length"]]
    if sha256(text.encode()).hexdigest() != label["sha256"]:
        raise SetupError(f"{row['id']}: its text is not the one that was annotated; take the same edition")
    told = {name: row.get(name) for name in ("title", "outlet", "date")}
    return {"id": f"{row['id']}+{start}" if start else row["id"], **told, "text": text, "sentences": label["sentences"]}


def _each(told: Any, change: Callable[[str], str]) -> Any:
    """Gold with each of its strings changed."""
    if isinstance(told, dict):
        return {name: _each(value, change) for name, value in told.items()}
    if isinstance(told, list):
        return [_each(value, change) for value in told]
    return change(told) if isinstance(told, str) else told


def _placed(words: str, text: str) -> str:
    label = words[: _LABEL.match(words).end()]  # type: ignore[union-attr]
    quote = words.removeprefix(label)
    start = text.find(quote) if len(quote.split()) > WORDS else -1
    return words if start < 0 else f"{label}@{start}:{start + len(quote)}"


def _quoted(words: str, text: str) -> str:
    place = _PLACE.fullmatch(words)
    return f"{place[1]}{text[int(place[2]) : int(place[3])]}" if place else words


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    if not path.is_file():
        raise SetupError(f"{path}: not found")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise SetupError(f"{path}, line {number}: is no JSON; give JSON lines") from error
