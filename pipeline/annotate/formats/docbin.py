"""Articles as spaCy's own Docs in a `.spacy` file: what `spacy train` reads, and what a notebook can correct.

`doc.ents` are the mentions, their `kb_id_` the actor or project; `doc.spans["references"]` the other words for those,
`doc.spans["commitments"]` the triggers (`finance/agreed`); `doc.user_data["relations"]` the other links, as JSON:
[start, end, label, start, end] in characters. Source: spaCy's docs on DocBin and on its data formats.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as DocSpan

from pipeline.annotate.corrections.keep import KEPT, kept
from pipeline.annotate.corrections.view import View
from pipeline.annotate.formats.given import Given, Shown
from pipeline.annotate.formats.prodigy import label_of, span_of
from pipeline.annotate.formats.task import REFERENCE, SAME, Answer, Link, Span, Task
from pipeline.annotate.formats.tokens import english, tokens
from pipeline.errors import ArticleError, SetupError

RELATIONS, REFERENCES, COMMITMENTS = "relations", "references", "commitments"


def clash(one: Span, other: Span) -> bool:
    """Links know spans by their place, and `doc.ents` may not overlap; triggers may meet mentions."""
    return one.place == other.place or (one.meets(other) and not (one.is_trigger or other.is_trigger))


def write(out: str, shown: Iterable[Shown]) -> None:
    """One Doc a task, in its order."""
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    DocBin(docs=[to_doc(task, view) for task, view in shown], store_user_data=True).to_disk(out)


def read(path: Path) -> Iterator[Given | ArticleError]:
    """The Docs of a file. Raises SetupError where it is none of spaCy's."""
    if not path.is_file():
        raise SetupError(f"{path}: not found")
    try:
        docs = list(DocBin().from_disk(path).get_docs(english().vocab))
    except Exception as error:  # zlib's, msgpack's and spaCy's own
        raise SetupError(f"{path}: cannot be read as a DocBin of spaCy ({error})") from error
    for number, doc in enumerate(docs, 1):
        where = f"{path}: doc {number}"
        yield Given(where, _kept_in(doc), doc.text, partial(from_doc, where, doc))


def to_doc(task: Task, view: View) -> Doc:
    """The Doc of one task, whose words end where its spans do."""
    text, words = task.gold.text, tokens(task.gold.text, view.shown)
    doc = Doc(english().vocab, [text[w.start : w.end] for w in words], [w.space for w in words])
    spans = [_doc_span(doc, view, span) for span in view.shown]
    doc.spans[COMMITMENTS] = [span for span in spans if "/" in span.label_]
    doc.spans[REFERENCES] = [span for span in spans if span.label_ == REFERENCE]
    doc.set_ents([span for span in spans if span.label_ != REFERENCE and "/" not in span.label_])
    links = [_row(view, link) for link in view.links if link.label != SAME]
    doc.user_data = {RELATIONS: json.dumps(links), KEPT: json.dumps(kept(task), ensure_ascii=False)}
    return doc


def _kept_in(doc: Doc) -> Any:
    try:
        return json.loads(doc.user_data[KEPT])
    except (KeyError, TypeError, ValueError):
        return None


def from_doc(where: str, doc: Doc) -> Answer:
    """What is marked in a Doc. Raises ArticleError where a link has an end that is no span."""
    groups = [doc.ents, *(doc.spans.get(name, ()) for name in (REFERENCES, COMMITMENTS))]
    marked = [span for group in groups for span in group]
    spans = [span_of(f"new{n}", s.start_char, s.end_char, s.label_) for n, s in enumerate(marked)]
    places = {(span.start, span.end): span.id for span in spans}
    same = list(_same(spans, [span.kb_id_ for span in marked]))
    return Answer(spans, [*same, *(_link(where, places, row) for row in _rows(where, doc))])


def _doc_span(doc: Doc, view: View, span: Span) -> DocSpan:
    owner = view.entity.get(span.id, "")
    found = doc.char_span(span.start, span.end, label_of(span), kb_id=owner)
    assert found is not None, f"{span} is on no token"
    return found


def _row(view: View, link: Link) -> list[Any]:
    head, child = view.spans[link.head], view.spans[link.child]
    return [head.start, head.end, link.label, child.start, child.end]


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


def _link(where: str, places: dict[tuple[int, int], str], row: list[Any]) -> Link:
    head, child = places.get((row[0], row[1])), places.get((row[3], row[4]))
    if head is None or child is None:
        raise ArticleError(where, f"the relation {row} has an end that is no span; mark it, or delete the relation")
    return Link(head, row[2], child)
