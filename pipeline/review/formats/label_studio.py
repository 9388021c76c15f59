"""Tasks of Label Studio in its raw JSON: `data`, and `annotations` (of people) or `predictions` (of Corridor).

A region is several results that share an id; its choices hold kind and status. Source: the docs on the task format, on
results, and on the tags of the labelling interface.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

from pipeline import __version__
from pipeline.atomic import whole_file
from pipeline.errors import ArticleError, SetupError
from pipeline.gold.importer import Offsets
from pipeline.review.edits.fields import ACTORS, KINDS, STATUSES
from pipeline.review.formats.task import COMMITMENT, LINKS, PAYLOAD, SPANS, Answer, Link, Returned, Span, Task, opened
from pipeline.stages.models.sectors import codes

CHOICES = ("kind", "status", "actor")  # of a region
_SPACES = ".htx-text{ white-space: pre-wrap; }"  # keeps line ends
_COLOURS = ("#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#46b5b5", "#c71585", "#808000", "#9a6324")


def clash(one: Span, other: Span) -> bool:
    """Regions can overlap and have the same offsets."""
    return False


def config() -> str:
    """The labelling interface for a project, under Settings > Labeling Interface > Code."""
    view = xml.Element("View")
    xml.SubElement(view, "Style").text = _SPACES
    relations = xml.SubElement(view, "Relations")
    for link in LINKS:
        xml.SubElement(relations, "Relation", value=link)
    labels = xml.SubElement(view, "Labels", name="label", toName="text")
    for number, label in enumerate(SPANS):
        xml.SubElement(labels, "Label", value=label, background=_COLOURS[number % len(_COLOURS)])
    xml.SubElement(view, "Text", name="text", value="$text", granularity="word")
    trigger = xml.SubElement(view, "View", visibleWhen="region-selected", whenLabelValue=COMMITMENT)
    region = xml.SubElement(view, "View", visibleWhen="region-selected")
    for parent, name, values, how in (
        (trigger, "kind", KINDS, {"perRegion": "true"}),
        (trigger, "status", STATUSES, {"perRegion": "true"}),
        (region, "actor", ACTORS, {"perRegion": "true"}),
        (view, "sectors", codes(), {"choice": "multiple"}),
    ):
        xml.SubElement(parent, "Header", value=name, size="6")
        choices = xml.SubElement(parent, "Choices", {"name": name, "toName": "text", "showInline": "true", **how})
        for value in values:
            xml.SubElement(choices, "Choice", value=value)
    xml.indent(view)
    return xml.tostring(view, encoding="unicode") + "\n"


def write(out: str, tasks: Iterable[Task]) -> None:
    """A list of tasks, one per line."""
    with whole_file(out) as file:
        file.write("[\n" + ",\n".join(json.dumps(_json(task), ensure_ascii=False) for task in tasks) + "\n]\n")


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
            yield Returned(where, task["data"].get(PAYLOAD), task["data"].get("text"), task)


def _mark(article: str) -> str:
    """What makes the ids of regions unique across articles, as the import requires."""
    return sha256(article.encode()).hexdigest()[:8] + "-"


def _json(task: Task) -> dict[str, Any]:
    mark = _mark(task.record.article.id)
    result: list[dict[str, Any]] = []
    for span in task.shown:
        quote = {"start": span.start, "end": span.end, "text": task.text[span.start : span.end]}
        for name, kind, value in (
            ("label", "labels", span.label), *((name, "choices", value) for name, value in span.attributes.items())
        ):  # fmt: skip
            region = {"id": mark + span.id, "from_name": name, "to_name": "text", "type": kind}
            result.append({**region, "value": {**quote, kind: [value]}})
    for link in task.links:
        ends = {"from_id": mark + link.head, "to_id": mark + link.child}
        result.append({"type": "relation", **ends, "direction": "right", "labels": [link.label]})
    if sectors := [sector.code for sector in task.record.sectors]:
        whole = {"id": f"{mark}sectors", "from_name": "sectors", "to_name": "text", "type": "choices"}
        result.append({**whole, "value": {"choices": sectors}})
    data = {"text": task.text, **task.about, PAYLOAD: task.payload}
    if task.score is None:
        return {"data": data, "annotations": [{"result": result}]}
    predicted = {"model_version": f"corridor {__version__}", "score": task.score, "result": result}
    return {"data": data, "predictions": [predicted]}


def answer(where: str, task: Mapping[str, Any]) -> Answer | str:
    """The answer, or why it is left out. Raises ArticleError if the task is damaged."""
    annotations = task.get("annotations") or []
    made = [annotation for annotation in annotations if not annotation.get("was_cancelled")]
    if not made:
        return "skipped" if annotations else "not annotated yet"
    best = [annotation for annotation in made if annotation.get("ground_truth")] or made
    if len(best) > 1:
        raise ArticleError(where, f"has {len(best)} annotations; mark one as ground truth, or delete the others")
    data, part = task["data"], task["data"][PAYLOAD]
    mark = _mark(str(part.get("record", part)["article"]["id"]))
    spans, sectors = dict[str, Span](), list[str]()
    chosen = defaultdict[str, dict[str, str]](dict)  # by region; its results stand in any order
    for result in best[0]["result"]:
        name, source, value = result.get("id"), result.get("from_name"), result.get("value", {})
        if source == "sectors":
            sectors = list(value["choices"])
        elif source in CHOICES:
            chosen[name][source] = value["choices"][0]
        elif result["type"] == "labels":
            if len(value["labels"]) != 1:
                raise ArticleError(where, f"{value.get('text')!r} has the labels {value['labels']}; keep one")
            place = _offsets(where, data["text"], value)
            spans[name] = Span(name.removeprefix(mark), *place, value["labels"][0], chosen[name])
    links = [_link(where, spans, result) for result in best[0]["result"] if result["type"] == "relation"]
    return Answer(sorted(spans.values(), key=lambda span: span.offsets), links, sectors)


def _offsets(where: str, text: str, value: Mapping[str, Any]) -> Offsets:
    """Offsets in code points, without white space at the ends; before Label Studio 1.5 they were in UTF-16."""
    start, end = int(value["start"]), int(value["end"])
    words = value.get("text")
    if words is not None and text[start:end] != words:
        units = text.encode("utf-16-le")
        start, end = (len(units[: 2 * at].decode("utf-16-le", "ignore")) for at in (start, end))
        if text[start:end] != words:
            reason = f"{words!r} is not at {value['start']}: the text has changed; export the article again"
            raise ArticleError(where, reason)
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _link(where: str, spans: Mapping[str, Span], relation: Mapping[str, Any]) -> Link:
    labels = relation.get("labels") or []
    if relation["from_id"] not in spans or relation["to_id"] not in spans:
        raise ArticleError(where, f"relation {labels} has an end without a label; label it, or delete the relation")
    head, child = spans[relation["from_id"]], spans[relation["to_id"]]
    if len(labels) != 1:
        raise ArticleError(where, f"the relation at {head.start} to {child.start} has the labels {labels}; choose one")
    head, child = (child, head) if relation.get("direction") == "left" else (head, child)
    return Link(head.id, labels[0], child.id)
