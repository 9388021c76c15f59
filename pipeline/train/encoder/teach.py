"""A teacher: a larger network whose probabilities a base or an encoder learns (distillation).

It learns from the same articles and is never shipped. The base learns from its probabilities beside the annotations,
and from them alone in articles without annotations.
"""

from __future__ import annotations

import json
import shutil
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import AutoModel

from pipeline.errors import ArticleError
from pipeline.extract import build
from pipeline.record import Record, digest
from pipeline.sources import read
from pipeline.stages.document.doc import sentence_spans
from pipeline.stages.models.encoder import HEADS, TAGS, TRIGGERS, Spans, Window, stacked, windows
from pipeline.stages.models.pair_head import LABELS, NONE
from pipeline.train.encoder.masked import LONGEST
from pipeline.train.encoder.network import Network
from pipeline.train.encoder.packed import TOKENS
from pipeline.train.encoder.rows import ANY, Rows, scored
from pipeline.train.encoder.samples import NAMES, UNKNOWN, Sample, Span, pairs, pieces_at

SIZE = 16  # windows that are read at once
SAME = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}  # word pieces of BERT, and of MPNet
LAST = itemgetter(1)  # the end of a sentence
PROJECTS = {"PROJECT", "PROGRAMME"}


def in_order(base: Path, small: Path, out: Path) -> Path:
    """Writes the network of `base` to `out` with its word pieces in the order of those of `small`; returns `out`.

    MPNet has the word pieces of BERT under other numbers; so teacher and encoder read the same windows.
    """
    ours, theirs = (_pieces(folder / TOKENS) for folder in (small, base))
    named = {piece: SAME[piece] if SAME.get(piece) in theirs else piece for piece in ours}
    rows = [theirs[named[piece]] for piece in sorted(ours, key=ours.__getitem__)]
    model = AutoModel.from_pretrained(base, add_pooling_layer=False)
    words = model.get_input_embeddings().weight.detach()[rows]
    model.set_input_embeddings(torch.nn.Embedding.from_pretrained(words))
    model.config.vocab_size, model.config.hidden_dropout_prob = len(rows), 0.0
    model.save_pretrained(out)
    shutil.copyfile(small / TOKENS, out / TOKENS)
    return out


def _pieces(path: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    return found


def read_unlabelled(inputs: Sequence[str]) -> list[Record]:
    """The beginnings of articles as gold without annotations; articles that cannot be read are skipped."""
    found = [article for article in read(inputs) if not isinstance(article, ArticleError)] if inputs else []
    return [
        Record(article=one.model_copy(update={"text": one.text[:LONGEST], "sha256": digest(one.text[:LONGEST])}))
        for one in found
    ]


def teach(samples: Sequence[Sample], teacher: Network) -> None:
    """Adds the probabilities of the teacher to each sample (`teacher`)."""
    for batch, out in _read(samples, [sample.window for sample in samples], teacher):
        _write(batch, scored(teacher, out, batch))


def unannotated(texts: Iterable[str], encode: Any, teacher: Network) -> list[list[Sample]]:
    """The windows of each text with the names and triggers that the teacher finds, and its probabilities."""
    read = [(doc.text, sentence_spans(doc)) for doc in build(()).pipe(texts)]
    cut = [(number, window) for number, own in enumerate(read) for window in windows(*own, encode)]
    found: list[list[Sample]] = [[] for _ in read]
    for batch, out in _read(cut, [window for _, window in cut], teacher):
        pieces = zip(batch, out, strict=True)
        seen = [_proposed(window, read[number][1], columns) for (number, window), columns in pieces]
        _write(seen, scored(teacher, out, seen))
        for (number, _), sample in zip(batch, seen, strict=True):
            found[number].append(sample)
    return found


def mentions_of(samples: Iterable[Sample]) -> list[tuple[int, int, str]]:
    """The mentions of a text by its samples: characters and label."""
    return sorted({(p.start, p.end, LABELS[p.label]) for sample in samples for p in sample.spans})


def _read[Thing](
    things: Sequence[Thing], read: Sequence[Window], teacher: Network
) -> Iterator[tuple[list[Thing], Tensor]]:
    """All things with the teacher's columns of their windows, those of about one length together."""
    order = sorted(range(len(things)), key=lambda at: len(read[at].ids))
    for first in range(0, len(order), SIZE):
        chosen = order[first : first + SIZE]
        ids, cases, mask = torch.from_numpy(stacked([read[at] for at in chosen]))
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            out = teacher(ids, cases, mask)
        yield [things[at] for at in chosen], out.float()


def _write(batch: Sequence[Sample], rows: Rows) -> None:
    for name, scores in rows.items():
        sure = scores.sigmoid() if name in ANY else scores.softmax(dim=-1)
        sizes = [len(getattr(sample, name)) for sample in batch]
        for sample, own in zip(batch, sure.split(sizes), strict=True):
            sample.teacher[name] = own.detach().numpy().astype(np.float16)


def _proposed(window: Window, sentences: Spans, columns: Tensor) -> Sample:
    """A window with the names and triggers that the teacher finds."""
    tags, triggers, *_ = columns[1 : len(window.ids) + 1, : sum(HEADS)].split(HEADS, dim=-1)
    unknown = [UNKNOWN] * len(window.ids)
    sample = Sample(window, unknown, unknown, unknown, list(_spans(window, sentences, tags.argmax(dim=-1).tolist())))
    marked = list(_runs(triggers.argmax(dim=-1).tolist()))
    named = [span for span in sample.spans if LABELS[span.label] in NAMES]
    projects = [span for span in named if LABELS[span.label] in PROJECTS]
    sample.arguments = [(*ends, at, UNKNOWN) for ends in marked for at in range(len(sample.spans))]
    sample.relations = [(a, b, UNKNOWN) for a, b in pairs(sample.spans)]
    sample.sectors = [(*ends, None) for ends in [*marked, *((span.first, span.last) for span in projects)]]
    sample.listed = [(span.first, span.last, None) for span in named]
    stated = (pieces_at(window, *sentence) for sentence in sentences)
    sample.stated = [(*ends, None) for ends in stated if ends is not None]
    sample.topics = [(0, len(window.ids) - 1, None)]
    return sample


def _runs(classes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last piece of each run of one trigger."""
    first = 0
    for at, kind in enumerate(classes):
        if at and kind != classes[at - 1]:
            first = at
        if kind != TRIGGERS.index(NONE) and (at + 1 == len(classes) or classes[at + 1] != kind):
            yield first, at


def _spans(window: Window, sentences: Spans, tags: Sequence[int]) -> Iterator[Span]:
    """The mentions of tags; a group is none."""
    named = [*(TAGS[tag] for tag in tags), "O"]
    first: int | None = None
    for at, (tag, after) in enumerate(pairwise(named)):
        label = tag[2:]
        if tag.startswith("B-"):
            first = at
        elif first is None or named[first][2:] != label:
            first = None
        if first is not None and after != f"I-{label}" and label in LABELS:
            start, end = window.offsets[first][0], window.offsets[at][1]
            yield Span(first, at, LABELS.index(label), start, end, bisect_right(sentences, start, key=LAST), None)
