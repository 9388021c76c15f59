"""Labels: gold without its texts, for articles that may not be passed on. Joined with the texts it is a gold folder.

Labels are JSON lines, one an article: `article` (16 digits of the SHA-256 of its id), `sha256` of the annotated part of
the text, `start` and `length` of that part in characters, and `record`, its gold without the article. More than `WORDS`
words of the text are offsets in it (`@start:end`). Labels may instead have `sentences` and `gold` as the annotation
guide has them. A later part of a long article is gold of its own; its id is that of the article, `+` and its `start`.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import read_gold, write_gold
from pipeline.gold.importer import article_of, guide_record
from pipeline.record import Record

WORDS = 3
_LABEL = re.compile(r"(?:[A-Z]+:)?")  # before the words at the end of a relation
_OFFSETS = re.compile(r"((?:[A-Z]+:)?)@(\d+):(\d+)")
_PART = re.compile(r"(.*?)(?:\+(\d+))?", re.DOTALL)  # an id, and the offset at which the text begins in its article


def label_of(gold: Record) -> dict[str, Any]:
    """The label of an article: a JSON line without its text."""
    whole, start = _PART.fullmatch(gold.article.id).groups()  # type: ignore[union-attr]
    record = gold.model_dump(mode="json", by_alias=True, exclude={"article"})
    return {
        "article": _digest(whole),
        "start": int(start or 0),
        "sha256": gold.article.sha256,
        "length": len(gold.article.text),
        "record": _mapped(record, partial(_as_offsets, text=gold.article.text)),
    }


def strip(folder: Path, out: Path) -> int:
    """Writes the labels of a gold folder and returns their number."""
    golds = read_gold(folder)
    lines = (json.dumps(label_of(gold), ensure_ascii=False, separators=(",", ":")) + "\n" for gold in golds)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(lines), encoding="utf-8")
    return len(golds)


def join(labels: Path, texts: Sequence[Path], out: Path) -> tuple[int, int]:
    """Writes the gold folder of the articles whose text is in `texts` (JSON lines with `id` and `text`).

    Returns how many labels were joined, and how many there are. Raises SetupError for another text.
    """
    wanted = list(json_lines(labels, "article", "sha256"))
    names = {label["article"] for label in wanted}
    known = ((_digest(row["id"]), row) for path in texts for row in json_lines(path, "id", "text"))
    found = {name: row for name, row in known if name in names}
    try:
        golds = [_joined(label, found[label["article"]]) for label in wanted if label["article"] in found]
    except ArticleError as error:
        raise SetupError(f"{labels}: {error}") from error
    write_gold(out, golds)
    return len(golds), len(wanted)


def _digest(name: str) -> str:
    """The digest that replaces an id, which may be a headline."""
    return sha256(name.encode()).hexdigest()[:16]


def _joined(label: dict[str, Any], row: dict[str, Any]) -> Record:
    """The gold of a label and its article."""
    start = label.get("start", 0)
    text = row["text"][start : start + label["length"]]
    if sha256(text.encode()).hexdigest() != label["sha256"]:
        raise SetupError(f"{row['id']}: its text is not the one that was annotated; take the same edition")
    row = row | {"id": f"{row['id']}+{start}" if start else row["id"], "text": text}
    gold = _mapped(label.get("record") or label["gold"], partial(_as_words, text=text))
    if "record" not in label:
        return guide_record(row["id"], row | {"sentences": label["sentences"]}, gold)
    return Record.model_validate_json(json.dumps(gold | {"article": article_of(row).model_dump()}))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON value with `change` applied to each string in it."""
    if isinstance(value, dict):
        return {name: _mapped(part, change) for name, part in value.items()}
    if isinstance(value, list):
        return [_mapped(part, change) for part in value]
    return change(value) if isinstance(value, str) else value


def _as_offsets(words: str, text: str) -> str:
    label = words[: _LABEL.match(words).end()]  # type: ignore[union-attr]
    quote = words.removeprefix(label)
    start = text.find(quote) if len(quote.split()) > WORDS else -1
    return words if start < 0 else f"{label}@{start}:{start + len(quote)}"


def _as_words(value: str, text: str) -> str:
    offsets = _OFFSETS.fullmatch(value)
    return f"{offsets[1]}{text[int(offsets[2]) : int(offsets[3])]}" if offsets else value


def json_lines(path: Path, *required: str) -> Iterator[dict[str, Any]]:
    """The objects in a file of JSON lines, each with the required keys. Raises SetupError, naming file and line."""
    if not path.is_file():
        raise SetupError(f"{path}: not found")
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    row: dict[str, Any] = json.loads(line)
                except ValueError:
                    row = None  # type: ignore[assignment]
                if not isinstance(row, dict):
                    raise SetupError(f"{path}:{number}: not a JSON object; give JSON lines")
                if missing := [key for key in required if key not in row]:
                    raise SetupError(f"{path}:{number}: lacks {', '.join(missing)}")
                yield row
