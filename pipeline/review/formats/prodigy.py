"""Tasks of Prodigy's `relations` interface, one per line: `text`, `tokens`, `spans`, `relations`, `meta`, `answer`.

Spans have no attributes and cannot overlap: kind and status are in the label (`finance/agreed`), and of two
overlapping spans one is not shown. Source: the docs on annotation interfaces and on `rel.manual`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.errors import ArticleError
from pipeline.review.formats.task import (
    COMMITMENT,
    KINDS,
    LINKS,
    MENTIONS,
    PAYLOAD,
    REFERENCE,
    STATUSES,
    Answer,
    Link,
    Returned,
    Span,
    Task,
    as_json,
    metadata,
    opened,
    payload,
)
from pipeline.review.formats.tokens import Token, first_and_last, tokens
from pipeline.review.formats.view import Shown, View
from pipeline.whole import whole_file

SPAN_LABELS = (*MENTIONS, REFERENCE, *(f"{kind}/{status}" for kind in KINDS for status in STATUSES))
ANSWERS = {"accept": None, "reject": "rejected", "ignore": "ignored", None: "not annotated yet"}

clash = Span.overlaps


def write(out: str, shown: Iterable[Shown]) -> None:
    """JSON lines, one per task."""
    with whole_file(out) as file:
        file.writelines(as_json(to_prodigy(task, view)) + "\n" for task, view in shown)


def read(path: Path) -> Iterator[Returned | ArticleError]:
    """The tasks of a file that `prodigy db-out` wrote."""
    with opened(path) as file:
        for number, line in enumerate(file, 1):
            where = f"{path}:{number}"
            try:
                task = json.loads(line)
                yield Returned(where, task.get(PAYLOAD), task.get("text"), partial(from_prodigy, where, task))
            except (ValueError, AttributeError):
                yield ArticleError(where, "is not a task of Prodigy in JSON; `prodigy db-out NAME > FILE` writes them")


def to_prodigy(task: Task, view: View) -> dict[str, Any]:
    """One task. Gold is marked as accepted; Prodigy adds the hashes."""
    words = tokens(task.record.article.text, view.shown)
    spans = {span.id: _span(words, span) for span in view.shown}
    return {
        "text": task.record.article.text,
        "meta": metadata(task),
        "tokens": [
            {"text": task.record.article.text[t.start : t.end], "start": t.start, "end": t.end, "id": n, "ws": t.space}
            for n, t in enumerate(words)
        ],
        "spans": list(spans.values()),
        "relations": [_relation(link.label, spans[link.head], spans[link.child]) for link in view.links],
        PAYLOAD: payload(task.record),
        **({"answer": "accept"} if task.score is None else {}),
    }


def from_prodigy(where: str, task: Mapping[str, Any]) -> Answer | str:
    """The answer, or why it is left out. Raises ArticleError if the task is damaged."""
    if task.get("answer") not in ANSWERS:
        raise ArticleError(where, f"unknown answer {task['answer']!r}; use accept, reject or ignore")
    left_out = ANSWERS[task.get("answer")]
    if left_out:
        return left_out
    spans = [
        span_of(f"new{n}", int(row["start"]), int(row["end"]), str(row["label"]))
        for n, row in enumerate(task.get("spans") or [])
    ]
    _require_tokens(where, task["tokens"], spans)
    return Answer(spans, [_read_relation(where, row, spans) for row in task.get("relations") or []])


def config() -> str:
    """Settings for prodigy.json: the labels of spans and relations."""
    labels = {"labels": list(LINKS), "relations_span_labels": list(SPAN_LABELS), "wrap_relations": True}
    return json.dumps(labels, indent=2) + "\n"


def label_of(span: Span) -> str:
    """The label of a span; for a trigger, with kind and status."""
    return f"{span.attributes['kind']}/{span.attributes['status']}" if span.is_trigger else span.label


def span_of(name: str, start: int, end: int, label: str) -> Span:
    """The span for such a label."""
    kind, slash, status = label.partition("/")
    if not slash:
        return Span(name, start, end, label)
    return Span(name, start, end, COMMITMENT, {"kind": kind, "status": status})


def _span(words: list[Token], span: Span) -> dict[str, Any]:
    first, last = first_and_last(words, span)
    where = {"start": span.start, "end": span.end, "token_start": first, "token_end": last}
    return {**where, "label": label_of(span)}


def _relation(label: str, head: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    """An arrow between the last tokens of two spans."""
    ends = {"head": head["token_end"], "child": child["token_end"]}
    return {**ends, "head_span": head, "child_span": child, "label": label}


def _require_tokens(where: str, words: Iterable[Mapping[str, Any]], spans: list[Span]) -> None:
    """Raises ArticleError for a span that is not on whole tokens, which Prodigy cannot have made."""
    starts, ends = {word["start"] for word in words}, {word["end"] for word in words}
    for span in spans:
        if span.start not in starts or span.end not in ends:
            what = f"{label_of(span)} at {span.start} to {span.end}"
            raise ArticleError(where, f"{what} is not on whole tokens; mark whole tokens")


def _read_relation(where: str, row: Mapping[str, Any], spans: list[Span]) -> Link:
    ends = []
    for name in ("head_span", "child_span"):
        end = row.get(name) or {}
        known = [span for span in spans if span.offsets == (end.get("start"), end.get("end"))]
        if not known:
            label, at = row.get("label"), end.get("start")
            raise ArticleError(where, f"the {name} of relation {label!r} (at {at}) is no span; label it, or delete it")
        ends.append(known[0].id)
    return Link(ends[0], str(row.get("label")), ends[1])
