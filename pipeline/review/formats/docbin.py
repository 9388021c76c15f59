"""Articles as spaCy Docs in a `.spacy` file, to train spaCy or to correct in a notebook; tokens and labels in one word.

`doc.ents`: mentions, with the actor or project as `kb_id_`; `doc.spans["references"]`: other words for these;
`doc.spans["commitments"]`: triggers, labelled as in `finance/agreed`; `doc.user_data["relations"]`: the other links as
JSON, [start, end, label, start, end] in characters. Source: spaCy's docs on DocBin and on its data formats.
"""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from pipeline.errors import ArticleError, SetupError
from pipeline.review.formats.task import COMMITMENT, PAYLOAD, REFERENCE, SAME, Answer, Link, Returned, Span, Task, same

RELATIONS, REFERENCES, COMMITMENTS = "relations", "references", "commitments"


class Token(NamedTuple):
    """`space`: whether a space follows, which is part of no token."""

    start: int
    end: int
    space: bool


@lru_cache(maxsize=1)
def english() -> Language:
    """spaCy's rules for English, without a model."""
    return spacy.blank("en")


def tokens(text: str, spans: Iterable[Span]) -> list[Token]:
    """The tokens of spaCy's English, also split where a span starts or ends ("USD4" of "USD4bn").

    Every character is in one token or is the space after one.
    """
    borders = {at for span in spans for at in span.offsets}
    cut = []
    for word in english().tokenizer(text):
        start, end = word.idx, word.idx + len(word)
        cuts = [start, *(at for at in range(start + 1, end) if at in borders), end]
        cut += [Token(one, other, bool(word.whitespace_) and other == end) for one, other in pairwise(cuts)]
    return cut


def label_of(span: Span) -> str:
    """The label of a span where it has no attributes; of a trigger with kind and status: `finance/agreed`."""
    return f"{span.attributes['kind']}/{span.attributes['status']}" if span.is_trigger else span.label


def span_of(number: int, start: int, end: int, label: str) -> Span:
    """The span of such a label."""
    kind, slash, status = label.partition("/")
    label, attributes = (COMMITMENT, {"kind": kind, "status": status}) if slash else (label, {})
    return Span(f"new{number}", start, end, label, attributes)


def linked(where: str, spans: list[Span], rows: Iterable[tuple[Any, str, Any]]) -> list[Link]:
    """Links by the offsets of their ends. Raises ArticleError for an end that is no span."""
    ids, links = {span.offsets: span.id for span in reversed(spans)}, []
    for head, label, child in rows:
        for name, end in (("head_span", head), ("child_span", child)):
            if end not in ids:
                what = f"the {name} of relation {label!r} (at {end[0]}) is no span; label it, or delete it"
                raise ArticleError(where, what)
        links.append(Link(ids[head], label, ids[child]))
    return links


def clash(one: Span, other: Span) -> bool:
    """Links refer to spans by offsets, and `doc.ents` cannot overlap; triggers can overlap mentions."""
    return one.offsets == other.offsets or (one.overlaps(other) and not (one.is_trigger or other.is_trigger))


def write(out: str, tasks: Iterable[Task]) -> None:
    """One Doc per task, in order."""
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    DocBin(docs=[_doc(task) for task in tasks], store_user_data=True).to_disk(out)


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
        try:
            payload = json.loads(doc.user_data[PAYLOAD])
        except (KeyError, TypeError, ValueError):
            payload = None
        yield Returned(where, payload, doc.text, doc)


def _doc(task: Task) -> Doc:
    words = tokens(task.text, task.shown)
    doc = Doc(english().vocab, [task.text[word.start : word.end] for word in words], [word.space for word in words])
    groups: dict[str, list[Any]] = {REFERENCES: [], COMMITMENTS: [], "ents": []}
    for span in task.shown:
        marked = doc.char_span(span.start, span.end, label_of(span), kb_id=task.entity.get(span.id, ""))
        assert marked is not None, f"{span} is not on tokens"
        groups[COMMITMENTS if span.is_trigger else REFERENCES if span.label == REFERENCE else "ents"].append(marked)
    doc.set_ents(groups.pop("ents"))
    doc.spans.update(groups)
    links = [
        [*task.spans[link.head].offsets, link.label, *task.spans[link.child].offsets]
        for link in task.links
        if link.label != SAME
    ]
    doc.user_data = {RELATIONS: json.dumps(links), PAYLOAD: json.dumps(task.payload, ensure_ascii=False)}
    return doc


def answer(where: str, doc: Doc) -> Answer:
    """The spans and links of a Doc. Raises ArticleError if a link has an end that is no span."""
    marked = [
        span for group in (doc.ents, *(doc.spans.get(n, ()) for n in (REFERENCES, COMMITMENTS))) for span in group
    ]
    spans = [span_of(n, mark.start_char, mark.end_char, mark.label_) for n, mark in enumerate(marked)]
    pairs = zip(spans, (mark.kb_id_ for mark in marked), strict=True)
    owners = [(span.id, owner) for span, owner in pairs if owner and not span.is_trigger]
    try:
        rows = [
            ((int(a), int(b)), str(label), (int(c), int(d)))
            for a, b, label, c, d in json.loads(doc.user_data[RELATIONS])
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ArticleError(where, f'user_data["{RELATIONS}"] is not rows of start, end, label, start, end') from error
    return Answer(spans, same(owners) + linked(where, spans, rows))
