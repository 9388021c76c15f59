"""Trains the recognizer of mentions for use, and one for each part that never saw the part.

It is the named-entity recognizer of the base model, fine-tuned to our labels. It may first learn from articles that
another one labelled (`silver`), then from gold alone.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import filter_spans
from thinc.api import Adam, fix_random_seed

from pipeline.errors import SetupError
from pipeline.extract import build
from pipeline.gold.labels import json_lines
from pipeline.record import Label, Record
from pipeline.stages.base import installed, use_numpy
from pipeline.stages.entities.selection import weighed
from pipeline.stages.entities.stage import proposals
from pipeline.stages.models.linear import Weights
from pipeline.train.gold import CARD, SCORES, Parts, card_of, described, write_json
from pipeline.train.rows import of_mentions
from pipeline.train.tasks import mention_weights

Spans = list[tuple[int, int, str]]  # characters and label
Labelled = tuple[str, Spans]  # a text and its spans

RECOGNIZER = "ner"  # in a folder of models
EPOCHS = 16
SILVER_EPOCHS, GOLD_EPOCHS = 3, 6  # where it learns from other articles before
LONGEST = 3_000  # characters of an unlabelled article that are read


def train_entities(
    parts: Parts, out: Path, unlabelled: Path | None = None, limit: int = 2_000, seed: int = 0, base: Path | None = None
) -> dict[str, Any]:
    """Writes a recognizer to the folder of each part without one, and that of all articles to `out`; returns its card.

    `unlabelled`: JSON lines with `text`; a first recognizer labels `limit` of them, from which the second learns (not
    those of the parts). `base`: a folder with a recognizer to start from. Raises SetupError where it has none.
    """
    if base is not None and not (base / RECOGNIZER).is_dir():
        raise SetupError(f"{base}: holds no recognizer ({RECOGNIZER}/), as models/entities does; leave --base out")

    def write(golds: Sequence[Record], folder: Path, texts: Sequence[str] = ()) -> dict[str, Any]:
        gold: list[Labelled] = [(one.article.text, [(m.start, m.end, m.label) for m in one.mentions]) for one in golds]
        recognizer, silver = taught(gold, seed, base=base), list[Labelled]()
        if texts:
            silver = _silver(recognizer, _weights(parts), texts)
            recognizer = taught(gold, seed, silver, base)
        folder.mkdir(parents=True, exist_ok=True)
        recognizer.get_pipe("ner").to_disk(folder / RECOGNIZER, exclude=["vocab"])  # type: ignore[attr-defined]
        card = {
            "name": "entities",
            "what": "a recognizer of thirteen labels, fine-tuned from en_core_web_md 3.8.0",
            "base": card_of(base),
            **described(golds),
            "unlabelled": len(silver),
            "seed": seed,
            "scores": SCORES,
            "rebuild": "corridor train entities --gold FOLDER ... --parts FOLDER [--base FOLDER] [--unlabelled FILE]",
        }
        return write_json(card, folder / CARD)

    for number, folder in enumerate(parts.folders):
        if not (folder / "entities" / CARD).is_file():
            write([parts.golds[at] for at in parts.others(number)], folder / "entities")
    return write(parts.golds, out, _texts(unlabelled, parts.golds, limit) if unlabelled else ())


def _weights(parts: Parts) -> Weights:
    """The weights of the finders' proposals, without the encoder."""
    docs = parts.unseen("fast")
    return mention_weights([of_mentions(doc, gold) for doc, gold in zip(docs, parts.golds, strict=True)])


def _texts(unlabelled: Path, golds: Sequence[Record], limit: int) -> list[str]:
    """The beginnings of unlabelled articles that are not in the gold."""
    known = {gold.article.text[:200] for gold in golds}
    texts = [row["text"] for row in json_lines(unlabelled, "text")]
    return [text[:LONGEST] for text in texts if len(text) > 400 and text[:200] not in known][:limit]


def _silver(recognizer: Language, weights: Weights, texts: Sequence[str]) -> list[Labelled]:
    """The texts with the mentions that the recognizer, the other finders and the weights find in them."""
    silver: list[Labelled] = []
    for doc, spans in zip(build(()).pipe(texts), recognized(recognizer, texts), strict=True):
        doc.ents = _entities(doc, spans)
        kept = weighed(doc.text, proposals(doc), weights, None)
        silver.append((doc.text, [(p.start, p.end, p.label) for _, p in kept]))
    return silver


def taught(gold: Sequence[Labelled], seed: int, silver: Sequence[Labelled] = (), base: Path | None = None) -> Language:
    """A pipeline of a recognizer alone, trained on these texts; the same seed gives the same weights.

    `base`: a folder with a recognizer, trained on other articles, to start from.
    """
    fix_random_seed(seed)
    order = random.Random(seed)
    nlp = _new()
    examples = [_example(nlp, *labelled) for labelled in gold]
    if base:
        nlp.get_pipe("ner").from_disk(base / RECOGNIZER, exclude=["vocab"])  # type: ignore[attr-defined]
        use_numpy(nlp.get_pipe("ner").model)  # type: ignore[attr-defined]
    if silver:
        wide = [*(_example(nlp, *labelled) for labelled in silver), *examples * 2]
        _fit(nlp, wide, SILVER_EPOCHS, 1e-3, 8, order)
    epochs, rate = (GOLD_EPOCHS, 5e-4) if silver or base else (EPOCHS, 1e-3)
    _fit(nlp, examples, epochs, rate, 4, order)
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
    doc = nlp.make_doc(text)
    reference = Doc(nlp.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
    reference.ents = _entities(reference, spans)
    return Example(doc, reference)


def _entities(doc: Doc, spans: Spans) -> tuple[Span, ...]:
    """The spans that fit the tokens of a Doc; of two that overlap, the longer."""
    found: list[Span] = [s for a, b, label in spans if (s := doc.char_span(a, b, label=label)) is not None]
    return tuple(filter_spans(found))


def recognized(nlp: Language, texts: Sequence[str]) -> list[Spans]:
    """The spans that the recognizer finds in each text."""
    return [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in nlp.pipe(texts, batch_size=32)]
