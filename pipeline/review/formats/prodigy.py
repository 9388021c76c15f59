"""Tasks of Prodigy's `relations` interface, one per line: `text`, `tokens`, `spans`, `relations`, `meta`, `answer`.

Spans have no attributes and cannot overlap: kind and status are in the label (`finance/agreed`), and of two
overlapping spans one is not shown. Source: the docs on annotation interfaces and on `rel.manual`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.atomic import whole_file
from pipeline.errors import ArticleError
from pipeline.review.edits.fields import KINDS, MENTIONS, STATUSES
from pipeline.review.formats.docbin import Token, label_of, linked, span_of, tokens
from pipeline.review.formats.task import LINKS, PAYLOAD, REFERENCE, Answer, Returned, Span, Task, opened

ANSWERS = {"accept": None, "reject": "rejected", "ignore": "ignored", None: "not annotated yet"}

clash = Span.overlaps


def config() -> str:
    """Settings for prodigy.json: the labels of spans and relations."""
    spans = [*MENTIONS, REFERENCE, *(f"{kind}/{status}" for kind in KINDS for status in STATUSES)]
    return json.dumps({"labels": list(LINKS), "relations_span_labels": spans, "wrap_relations": True}, indent=2) + "\n"


def write(out: str, tasks: Iterable[Task]) -> None:
    """JSON lines, one per task. Gold is marked as accepted; Prodigy adds the hashes."""
    with whole_file(out) as file:
        file.writelines(json.dumps(_json(task), ensure_ascii=False) + "\n" for task in tasks)


def read(path: Path) -> Iterator[Returned | ArticleError]:
    """The tasks of a file that `prodigy db-out` wrote."""
    with opened(path) as file:
        for number, line in enumerate(file, 1):
            where = f"{path}:{number}"
            try:
                task = json.loads(line)
                yield Returned(where, task.get(PAYLOAD), task.get("text"), task)
            except (ValueError, AttributeError):
                yield ArticleError(where, "is not a task of Prodigy in JSON; `prodigy db-out NAME > FILE` writes them")


def _json(task: Task) -> dict[str, Any]:
    text, words = task.text, tokens(task.text, task.shown)
    spans = {span.id: _span(words, span) for span in task.shown}
    ends = ((spans[link.head], link.label, spans[link.child]) for link in task.links)
    return {
        "text": text,
        "meta": task.about,
        "tokens": [
            {"text": text[word.start : word.end], "start": word.start, "end": word.end, "id": number, "ws": word.space}
            for number, word in enumerate(words)
        ],
        "spans": list(spans.values()),
        "relations": [  # arrows between the last tokens of two spans
            {"head": a["token_end"], "child": b["token_end"], "head_span": a, "child_span": b, "label": label}
            for a, label, b in ends
        ],
        PAYLOAD: task.payload,
        **({"answer": "accept"} if task.score is None else {}),
    }


def _span(words: list[Token], span: Span) -> dict[str, Any]:
    """A span with its tokens; of a span of white space alone the token after it."""
    first = next((n for n, word in enumerate(words) if word.end > span.start), len(words) - 1)
    last = next((n for n in range(len(words) - 1, -1, -1) if words[n].start < span.end), 0)
    where = {"start": span.start, "end": span.end, "token_start": first, "token_end": max(first, last)}
    return {**where, "label": label_of(span)}


def answer(where: str, task: Mapping[str, Any]) -> Answer | str:
    """The answer, or why it is left out. Raises ArticleError if the task is damaged."""
    if task.get("answer") not in ANSWERS:
        raise ArticleError(where, f"unknown answer {task['answer']!r}; use accept, reject or ignore")
    if left_out := ANSWERS[task.get("answer")]:
        return left_out
    rows = enumerate(task.get("spans") or [])
    spans = [span_of(n, int(row["start"]), int(row["end"]), str(row["label"])) for n, row in rows]
    starts, ends = ({word[border] for word in task["tokens"]} for border in ("start", "end"))
    for span in spans:
        if span.start not in starts or span.end not in ends:  # which Prodigy cannot have made
            what = f"{label_of(span)} at {span.start} to {span.end}"
            raise ArticleError(where, f"{what} is not on whole tokens; mark whole tokens")
    arrows = task.get("relations") or []
    links = ((_end(row, "head"), str(row.get("label")), _end(row, "child")) for row in arrows)
    return Answer(spans, linked(where, spans, links))


def _end(row: Mapping[str, Any], name: str) -> tuple[Any, Any]:
    end = row.get(f"{name}_span") or {}
    return end.get("start"), end.get("end")
