"""Fine-tunes the named-entity recognizer of the base model to our labels.

Few articles are annotated, so it first learns from articles that a teacher labelled (`silver`), then from gold alone.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import filter_spans
from thinc.api import Adam, fix_random_seed

from pipeline.record import Label, Record
from pipeline.stages.base import installed, use_numpy

Spans = list[tuple[int, int, str]]  # characters and label
Labelled = tuple[str, Spans]  # a text and its spans

RECOGNIZER = "ner"  # in a folder of models
TEACHER_EPOCHS = 16
OTHERS_EPOCHS = 8  # of the many articles that a base learns from
SILVER_EPOCHS, GOLD_EPOCHS = 3, 6


def labelled(golds: Sequence[Record]) -> list[Labelled]:
    """The text of each article and its gold mentions."""
    return [(gold.article.text, [(m.start, m.end, m.label) for m in gold.mentions]) for gold in golds]


def write_silver(texts: Iterable[Labelled], path: Path) -> None:
    """Writes texts with their spans as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps([text, spans], ensure_ascii=False) + "\n" for text, spans in texts)


def read_silver(path: Path) -> list[Labelled]:
    """The texts that `write_silver` wrote; none where there is no file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        return [(text, [(start, end, label) for start, end, label in spans]) for text, spans in map(json.loads, lines)]


def write(recognizer: Language, folder: Path) -> None:
    """Writes a recognizer to a folder of models."""
    recognizer.get_pipe("ner").to_disk(folder / RECOGNIZER, exclude=["vocab"])  # type: ignore[attr-defined]


def taught(
    gold: Sequence[Labelled],
    seed: int,
    silver: Sequence[Labelled] = (),
    base: Path | None = None,
    epochs: int | None = None,
) -> Language:
    """A pipeline of a recognizer alone, trained on these texts; the same seed gives the same weights.

    `base`: a folder that may have a recognizer, trained on other articles, to start from; `epochs`: where there is
    neither that nor `silver`.
    """
    fix_random_seed(seed)
    order = random.Random(seed)
    nlp = _new()
    examples = [_example(nlp, *labelled) for labelled in gold]
    start = base / RECOGNIZER if base and (base / RECOGNIZER).is_dir() else None
    if start:
        nlp.get_pipe("ner").from_disk(start, exclude=["vocab"])  # type: ignore[attr-defined]
        use_numpy(nlp.get_pipe("ner").model)  # type: ignore[attr-defined]
    if silver:
        wide = [*(_example(nlp, *labelled) for labelled in silver), *examples * 2]
        _fit(nlp, wide, SILVER_EPOCHS, 1e-3, 8, order)
    if silver or start:
        _fit(nlp, examples, GOLD_EPOCHS, 5e-4, 4, order)
    else:
        _fit(nlp, examples, epochs or TEACHER_EPOCHS, 1e-3, 4, order)
    return nlp


def _new() -> Language:
    """The recognizer of the base model with our labels: its embedding and encoding are kept, the rest is new."""
    nlp = installed()
    start = nlp.get_pipe("ner").model.get_ref("tok2vec").to_bytes()  # type: ignore[attr-defined]
    for name in nlp.component_names:
        if name != "ner":
            nlp.remove_pipe(name)
    recognizer: Any = nlp.replace_pipe("ner", "ner", config={"model": nlp.config["components"]["ner"]["model"]})
    for label in sorted(get_args(Label)):
        recognizer.add_label(label)
    sample = Doc(nlp.vocab, words=["Kenya"], ents=["B-COUNTRY"])
    recognizer.initialize(lambda: [Example(sample.copy(), sample)], nlp=nlp)
    recognizer.model.get_ref("tok2vec").from_bytes(start)
    use_numpy(recognizer.model)
    return nlp


def _fit(nlp: Language, examples: list[Example], epochs: int, rate: float, size: int, order: random.Random) -> None:
    """Trains some epochs; the weights become the average over all steps."""
    optimizer = Adam(rate, L2=0.01, grad_clip=1.0, L2_is_weight_decay=True, use_averages=True)
    for _ in range(epochs):
        order.shuffle(examples)
        for at in range(0, len(examples), size):
            nlp.update(examples[at : at + size], sgd=optimizer, drop=0.25)
    model: Any = nlp.get_pipe("ner").model  # type: ignore[attr-defined]
    with model.use_params(optimizer.averages):
        averaged = model.to_bytes()
    model.from_bytes(averaged)


def _example(nlp: Language, text: str, spans: Spans) -> Example:
    """Drops spans that do not fit the tokens."""
    doc = nlp.make_doc(text)
    reference = Doc(nlp.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
    found: list[Span] = [s for a, b, label in spans if (s := reference.char_span(a, b, label=label)) is not None]
    reference.ents = tuple(filter_spans(found))
    return Example(doc, reference)


def recognized(nlp: Language, texts: Sequence[str]) -> list[Spans]:
    """The spans that the recognizer finds in each text."""
    return [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in nlp.pipe(texts, batch_size=32)]
