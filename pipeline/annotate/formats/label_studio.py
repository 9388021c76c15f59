"""Tasks of Label Studio in its raw JSON: `data`, and `annotations` (of people) or `predictions` (of Corridor).

Hard because one region is several results that share an id, whose choices say kind and status. Source: the docs on the
task format, on results, and on the tags Labels, Choices and Relations.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.annotate.corrections.keep import KEPT, about, kept
from pipeline.annotate.corrections.view import View
from pipeline.annotate.formats.given import Given, Shown, as_json, opened
from pipeline.annotate.formats.task import Answer, Link, Span, Task
from pipeline.errors import ArticleError, SetupError
from pipeline.export.whole import whole_file

TEXT, LABEL, SECTORS = "text", "label", "sectors"  # names of tags
TOLD = ("kind", "status", "actor")  # tags of choices, each of a region
_EITHER_WAY = {"left": True, "right": False, "bi": False, None: False}  # whether an arrow is drawn from its end


def clash(one: Span, other: Span) -> bool:
    """Regions may overlap, and may be in one place."""
    return False


def write(out: str, shown: Iterable[Shown]) -> None:
    """One list of tasks, each on a line."""
    lines = [as_json(to_label_studio(task, view)) for task, view in shown]
    with whole_file(out) as file:
        file.write("[\n" + ",\n".join(lines) + "\n]\n")


def read(path: Path) -> Iterator[Given | ArticleError]:
    """The tasks of an export in JSON, or the one of a file of a target storage."""
    with opened(path) as file:
        try:
            tasks = json.load(file)
        except ValueError as error:
            raise SetupError(f"{path}: is not JSON ({error}); export as JSON") from error
    for number, task in enumerate(tasks if isinstance(tasks, list) else [tasks], 1):
        where = f"{path}: task {number}"
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            yield ArticleError(where, "has no data: export as JSON, since JSON-MIN leaves out relations")
        else:
            yield Given(where, task["data"].get(KEPT), task["data"].get(TEXT), partial(from_label_studio, where, task))


def to_label_studio(task: Task, view: View) -> dict[str, Any]:
    """One task; ids of regions are of this article only, as the import wants it."""
    mark = _mark(task.gold.id)
    regions = [result for span in view.shown for result in _region(task.gold.text, mark, span)]
    links = [_relation(mark, link) for link in view.links]
    result = [*regions, *links, *_sectors(mark, task.gold.raw["sectors"])]
    data = {TEXT: task.gold.text, **about(task), KEPT: kept(task)}
    if task.score is None:
        return {"data": data, "annotations": [{"result": result}]}
    predicted = {"model_version": f"corridor {__version__}", "score": task.score, "result": result}
    return {"data": data, "predictions": [predicted]}


def from_label_studio(where: str, task: Mapping[str, Any]) -> Answer | str:
    """What was answered; why it is left out where it is. Raises ArticleError where the task is damaged."""
    annotations = task.get("annotations") or []
    made = [one for one in annotations if not one.get("was_cancelled")]
    if not made:
        return "skipped" if annotations else "not annotated yet"
    best = [one for one in made if one.get("ground_truth")] or made
    if len(best) > 1:
        raise ArticleError(where, f"has {len(best)} annotations; mark one as ground truth, or delete the others")
    return _answer(where, task["data"], best[0]["result"])


def _mark(article: str) -> str:
    return sha256(article.encode()).hexdigest()[:8]


def _region(text: str, mark: str, span: Span) -> Iterator[dict[str, Any]]:
    place = {"start": span.start, "end": span.end, "text": text[span.start : span.end]}
    told = [(LABEL, "labels", span.label), *((name, "choices", value) for name, value in span.told.items())]
    for name, kind, value in told:
        result = {"id": f"{mark}-{span.id}", "from_name": name, "to_name": TEXT, "type": kind}
        yield {**result, "value": {**place, kind: [value]}}


def _relation(mark: str, link: Link) -> dict[str, Any]:
    ends = {"from_id": f"{mark}-{link.head}", "to_id": f"{mark}-{link.child}"}
    return {"type": "relation", **ends, "direction": "right", "labels": [link.label]}


def _sectors(mark: str, codes: list[str]) -> list[dict[str, Any]]:
    result = {"id": f"{mark}-{SECTORS}", "from_name": SECTORS, "to_name": TEXT, "type": "choices"}
    return [{**result, "value": {"choices": codes}}] if codes else []


def _answer(where: str, data: Mapping[str, Any], results: list[Mapping[str, Any]]) -> Answer:
    mark = f"{_mark(data[KEPT]['article']['id'])}-"
    spans = {one["id"]: _span(where, mark, data[TEXT], one) for one in results if one["type"] == "labels"}
    sectors: list[str] = []
    for one in results:
        if one["type"] == "choices" and one["from_name"] == SECTORS:
            sectors = list(one["value"]["choices"])
        elif one["type"] == "choices" and one["from_name"] in TOLD and one["id"] in spans:
            told = {**spans[one["id"]].told, one["from_name"]: one["value"]["choices"][0]}
            spans[one["id"]] = replace(spans[one["id"]], told=told)
    links = [_link(where, spans, one) for one in results if one["type"] == "relation"]
    return Answer(sorted(spans.values(), key=lambda s: (s.start, s.end)), links, sectors)


def _span(where: str, mark: str, text: str, one: Mapping[str, Any]) -> Span:
    value, labels = one["value"], one["value"]["labels"]
    if len(labels) != 1:
        raise ArticleError(where, f"{value.get('text')!r} has the labels {labels}; keep one")
    start, end = _place(where, text, value)
    return Span(one["id"].removeprefix(mark), start, end, labels[0])


def _place(where: str, text: str, value: Mapping[str, Any]) -> tuple[int, int]:
    """Offsets in code points; before 1.5 they were in UTF-16. A space drawn along is left off."""
    start, end = int(value["start"]), int(value["end"])
    words = value.get("text")
    if words is not None and text[start:end] != words:
        units = text.encode("utf-16-le")
        start, end = (len(units[: 2 * at].decode("utf-16-le", "ignore")) for at in (start, end))
        if text[start:end] != words:
            raise ArticleError(
                where, f"{words!r} does not stand at {value['start']}; the text was changed: export again"
            )
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _link(where: str, spans: Mapping[str, Span], one: Mapping[str, Any]) -> Link:
    labels = one.get("labels") or []
    if one["from_id"] not in spans or one["to_id"] not in spans:
        raise ArticleError(where, f"relation {labels} has an end without a label; label it, or delete the relation")
    head, child = spans[one["from_id"]], spans[one["to_id"]]
    if len(labels) != 1:
        raise ArticleError(where, f"the relation at {head.start} to {child.start} has the labels {labels}; choose one")
    head, child = (child, head) if _EITHER_WAY.get(one.get("direction")) else (head, child)
    return Link(head.id, labels[0], child.id)
