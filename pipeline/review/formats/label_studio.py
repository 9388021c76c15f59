"""Tasks of Label Studio in its raw JSON: `data`, and `annotations` (of people) or `predictions` (of Corridor).

A region is several results that share an id; its choices hold kind and status. Source: the docs on the task format, on
results, and on the tags of the labelling interface.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

from pipeline import __version__
from pipeline.errors import ArticleError, SetupError
from pipeline.review.formats.task import (
    ACTORS,
    COMMITMENT,
    KINDS,
    LINKS,
    PAYLOAD,
    SPANS,
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
from pipeline.review.formats.view import Shown, View
from pipeline.stages.models.sectors import codes
from pipeline.whole import whole_file

TEXT, LABEL, SECTORS = "text", "label", "sectors"  # names of tags
ATTRIBUTES = ("kind", "status", "actor")  # tags of choices of a region
_REVERSED = {"left": True, "right": False, "bi": False, None: False}  # whether the arrow points to its start

_SPACES = ".htx-text{ white-space: pre-wrap; }"  # keeps line ends
_COLOURS = ("#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#46b5b5", "#c71585", "#808000", "#9a6324")


def clash(one: Span, other: Span) -> bool:
    """Regions can overlap and have the same offsets."""
    return False


def write(out: str, shown: Iterable[Shown]) -> None:
    """A list of tasks, one per line."""
    lines = [as_json(to_label_studio(task, view)) for task, view in shown]
    with whole_file(out) as file:
        file.write("[\n" + ",\n".join(lines) + "\n]\n")


def read(path: Path) -> Iterator[Returned | ArticleError]:
    """The tasks of an export in JSON, or the single one in a file of a target storage."""
    with opened(path) as file:
        try:
            tasks = json.load(file)
        except ValueError as error:
            raise SetupError(f"{path}: not JSON ({error}); export as JSON") from error
    for number, task in enumerate(tasks if isinstance(tasks, list) else [tasks], 1):
        where = f"{path}: task {number}"
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            yield ArticleError(where, "has no data; export as JSON (JSON-MIN leaves out relations)")
        else:
            data = task["data"]
            yield Returned(where, data.get(PAYLOAD), data.get(TEXT), partial(from_label_studio, where, task))


def to_label_studio(task: Task, view: View) -> dict[str, Any]:
    """One task; the ids of its regions are unique across articles, as the import requires."""
    mark = _mark(task.record.article.id)
    regions = [result for span in view.shown for result in _region(task.record.article.text, mark, span)]
    links = [_relation(mark, link) for link in view.links]
    result = [*regions, *links, *_sectors(mark, [sector.code for sector in task.record.sectors])]
    data = {TEXT: task.record.article.text, **metadata(task), PAYLOAD: payload(task.record)}
    if task.score is None:
        return {"data": data, "annotations": [{"result": result}]}
    predicted = {"model_version": f"corridor {__version__}", "score": task.score, "result": result}
    return {"data": data, "predictions": [predicted]}


def from_label_studio(where: str, task: Mapping[str, Any]) -> Answer | str:
    """The answer, or why it is left out. Raises ArticleError if the task is damaged."""
    annotations = task.get("annotations") or []
    made = [one for one in annotations if not one.get("was_cancelled")]
    if not made:
        return "skipped" if annotations else "not annotated yet"
    best = [one for one in made if one.get("ground_truth")] or made
    if len(best) > 1:
        raise ArticleError(where, f"has {len(best)} annotations; mark one as ground truth, or delete the others")
    return _answer(where, task["data"], best[0]["result"])


def config() -> str:
    """The labelling interface for a project, under Settings > Labeling Interface > Code."""
    view = xml.Element("View")
    xml.SubElement(view, "Style").text = _SPACES
    relations = xml.SubElement(view, "Relations")
    for link in LINKS:
        xml.SubElement(relations, "Relation", value=link)
    labels = xml.SubElement(view, "Labels", name=LABEL, toName=TEXT)
    for number, label in enumerate(SPANS):
        xml.SubElement(labels, "Label", value=label, background=_COLOURS[number % len(_COLOURS)])
    xml.SubElement(view, "Text", name=TEXT, value=f"${TEXT}", granularity="word")
    trigger = xml.SubElement(view, "View", visibleWhen="region-selected", whenLabelValue=COMMITMENT)
    _choices(trigger, "kind", KINDS, perRegion="true")
    _choices(trigger, "status", STATUSES, perRegion="true")
    region = xml.SubElement(view, "View", visibleWhen="region-selected")
    _choices(region, "actor", ACTORS, perRegion="true")
    _choices(view, SECTORS, codes(), choice="multiple")
    xml.indent(view)
    return xml.tostring(view, encoding="unicode") + "\n"


def _mark(article: str) -> str:
    return sha256(article.encode()).hexdigest()[:8]


def _article(part: Mapping[str, Any]) -> str:
    """The id of the article of what travels along; see `record_of`."""
    return str(part.get("record", part)["article"]["id"])


def _region(text: str, mark: str, span: Span) -> Iterator[dict[str, Any]]:
    quote = {"start": span.start, "end": span.end, "text": text[span.start : span.end]}
    attributes = ((name, "choices", value) for name, value in span.attributes.items())
    for name, kind, value in ((LABEL, "labels", span.label), *attributes):
        result = {"id": f"{mark}-{span.id}", "from_name": name, "to_name": TEXT, "type": kind}
        yield {**result, "value": {**quote, kind: [value]}}


def _relation(mark: str, link: Link) -> dict[str, Any]:
    ends = {"from_id": f"{mark}-{link.head}", "to_id": f"{mark}-{link.child}"}
    return {"type": "relation", **ends, "direction": "right", "labels": [link.label]}


def _sectors(mark: str, codes: list[str]) -> list[dict[str, Any]]:
    result = {"id": f"{mark}-{SECTORS}", "from_name": SECTORS, "to_name": TEXT, "type": "choices"}
    return [{**result, "value": {"choices": codes}}] if codes else []


def _answer(where: str, data: Mapping[str, Any], results: list[Mapping[str, Any]]) -> Answer:
    mark = f"{_mark(_article(data[PAYLOAD]))}-"
    spans = {one["id"]: _span(where, mark, data[TEXT], one) for one in results if one["type"] == "labels"}
    sectors: list[str] = []
    for one in results:
        if one["type"] == "choices" and one["from_name"] == SECTORS:
            sectors = list(one["value"]["choices"])
        elif one["type"] == "choices" and one["from_name"] in ATTRIBUTES and one["id"] in spans:
            span = spans[one["id"]]
            attributes = {**span.attributes, one["from_name"]: one["value"]["choices"][0]}
            spans[one["id"]] = replace(span, attributes=attributes)
    links = [_link(where, spans, one) for one in results if one["type"] == "relation"]
    return Answer(sorted(spans.values(), key=lambda s: s.offsets), links, sectors)


def _span(where: str, mark: str, text: str, one: Mapping[str, Any]) -> Span:
    value, labels = one["value"], one["value"]["labels"]
    if len(labels) != 1:
        raise ArticleError(where, f"{value.get('text')!r} has the labels {labels}; keep one")
    start, end = _offsets(where, text, value)
    return Span(one["id"].removeprefix(mark), start, end, labels[0])


def _offsets(where: str, text: str, value: Mapping[str, Any]) -> tuple[int, int]:
    """Offsets in code points, without white space at the ends; before Label Studio 1.5 they were in UTF-16."""
    start, end = int(value["start"]), int(value["end"])
    words = value.get("text")
    if words is not None and text[start:end] != words:
        units = text.encode("utf-16-le")
        start, end = (len(units[: 2 * at].decode("utf-16-le", "ignore")) for at in (start, end))
        if text[start:end] != words:
            raise ArticleError(
                where, f"{words!r} is not at {value['start']}: the text has changed; export the article again"
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
    head, child = (child, head) if _REVERSED.get(one.get("direction")) else (head, child)
    return Link(head.id, labels[0], child.id)


def _choices(view: xml.Element, name: str, values: Iterable[str], **attributes: str) -> None:
    xml.SubElement(view, "Header", value=name, size="6")
    tag = xml.SubElement(view, "Choices", name=name, toName=TEXT, showInline="true")
    tag.attrib.update(attributes)
    for value in values:
        xml.SubElement(tag, "Choice", value=value)
