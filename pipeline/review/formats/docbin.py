"""Articles as spaCy Docs in a `.spacy` file, to train spaCy or to correct in a notebook.

`doc.ents`: mentions, with the actor or project as `kb_id_`; `doc.spans["references"]`: other words for these;
`doc.spans["commitments"]`: triggers, labelled as in `finance/agreed`; `doc.user_data["relations"]`: the other links as
JSON, [start, end, label, start, end] in characters. Source: spaCy's docs on DocBin and on its data formats.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as DocSpan

from pipeline.errors import ArticleError, SetupError
from pipeline.review.formats.prodigy import label_of, span_of
from pipeline.review.formats.task import (
    PAYLOAD,
    REFERENCE,
    SAME,
    Answer,
    Link,
    Returned,
    Span,
    Task,
    payload,
)
from pipeline.review.formats.tokens import english, tokens
from pipeline.review.formats.view import Shown, View

RELATIONS, REFERENCES, COMMITMENTS = "relations", "references", "commitments"


def clash(one: Span, other: Span) -> bool:
    """Links refer to spans by offsets, and `doc.ents` cannot overlap; triggers can overlap mentions."""
    return one.offsets == other.offsets or (one.overlaps(other) and not (one.is_trigger or other.is_trigger))


def write(out: str, shown: Iterable[Shown]) -> None:
    """One Doc per task, in order."""
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    DocBin(docs=[to_doc(task, view) for task, view in shown], store_user_data=True).to_disk(out)


def read(path: Path) -> Iterator[Returned | ArticleError]:
    """The Docs of a file. Raises SetupError if it is not one of spaCy."""
    if not path.is_file():
        raise SetupError(f"{path}: not found")
    try:
        docs = list(DocBin().from_disk(path).get_docs(english().vocab))
    except Exception as error:  # of zlib, msgpack or spaCy
        raise SetupError(f"{path}: cannot be read as a DocBin of spaCy ({error})") from error
    for number, doc in enumerate(docs, 1):
        where = f"{path}: doc {number}"
        yield Returned(where, _payload_in(doc), doc.text, partial(from_doc, where, doc))


def to_doc(task: Task, view: View) -> Doc:
    """The Doc of a task; its tokens are split at the borders of spans."""
    text, words = task.record.article.text, tokens(task.record.article.text, view.shown)
    doc = Doc(english().vocab, [text[w.start : w.end] for w in words], [w.space for w in words])
    spans = [_doc_span(doc, view, span) for span in view.shown]
    doc.spans[COMMITMENTS] = [span for span in spans if "/" in span.label_]
    doc.spans[REFERENCES] = [span for span in spans if span.label_ == REFERENCE]
    doc.set_ents([span for span in spans if span.label_ != REFERENCE and "/" not in span.label_])
    links = [_row(view, link) for link in view.links if link.label != SAME]
    doc.user_data = {RELATIONS: json.dumps(links), PAYLOAD: json.dumps(payload(task.record), ensure_ascii=False)}
    return doc


def _payload_in(doc: Doc) -> Any:
    try:
        return json.loads(doc.user_data[PAYLOAD])
    except (KeyError, TypeError, ValueError):
        return None


def from_doc(where: str, doc: Doc) -> Answer:
    """The spans and links of a Doc. Raises ArticleError if a link has an end that is no span."""
    groups = [doc.ents, *(doc.spans.get(name, ()) for name in (REFERENCES, COMMITMENTS))]
    marked = [span for group in groups for span in group]
    spans = [span_of(f"new{n}", s.start_char, s.end_char, s.label_) for n, s in enumerate(marked)]
    ids = {span.offsets: span.id for span in spans}
    same = list(_same(spans, [span.kb_id_ for span in marked]))
    return Answer(spans, [*same, *(_link(where, ids, row) for row in _rows(where, doc))])


def _doc_span(doc: Doc, view: View, span: Span) -> DocSpan:
    owner = view.entity.get(span.id, "")
    found = doc.char_span(span.start, span.end, label_of(span), kb_id=owner)
    assert found is not None, f"{span} is not on tokens"
    return found


def _row(view: View, link: Link) -> list[Any]:
    head, child = view.spans[link.head], view.spans[link.child]
    return [*head.offsets, link.label, *child.offsets]


def _same(spans: list[Span], owners: list[str]) -> Iterator[Link]:
    first: dict[str, str] = {}
    for span, owner in zip(spans, owners, strict=True):
        if owner and not span.is_trigger and first.setdefault(owner, span.id) != span.id:
            yield Link(span.id, SAME, first[owner])


def _rows(where: str, doc: Doc) -> list[list[Any]]:
    try:
        return [
            [int(a), int(b), str(label), int(c), int(d)] for a, b, label, c, d in json.loads(doc.user_data[RELATIONS])
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ArticleError(where, f'user_data["{RELATIONS}"] is not rows of start, end, label, start, end') from error


def _link(where: str, ids: dict[tuple[int, int], str], row: list[Any]) -> Link:
    head, child = ids.get((row[0], row[1])), ids.get((row[3], row[4]))
    if head is None or child is None:
        raise ArticleError(where, f"the relation {row} has an end that is no span; mark it, or delete the relation")
    return Link(head, row[2], child)
