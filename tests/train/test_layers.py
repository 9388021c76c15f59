"""The layers over spans and pairs: what is learned in torch is what is used, and the same from the same."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the encoder is trained where torch is installed")

from safetensors.torch import save_file  # noqa: E402
from spacy.language import Language  # noqa: E402

from pipeline.encoder import CARD, LAYERS, MODEL, TOKENS, Encoder, tokenizer  # noqa: E402
from pipeline.evaluate.gold import read_corpus  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.spans import NAMED, named  # noqa: E402
from pipeline.ties import LABELS, RELATIONS, Place  # noqa: E402
from pipeline.train.encoder import asked, layers  # noqa: E402
from pipeline.train.encoder.packed import HEADS_FILE  # noqa: E402
from pipeline.train.encoder.samples import Sample, samples  # noqa: E402

SHIPPED = Settings().models / "encoder"


@pytest.fixture(scope="module")
def told(nlp_base: Language) -> list[Sample]:
    golds = read_corpus(Settings().seeds / "gold")[:3]
    read = tokenizer(SHIPPED / TOKENS)
    return [sample for gold in golds for sample in samples(nlp_base(gold.text), gold, read)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder without its layers."""
    for name in (MODEL, TOKENS, CARD):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    return tmp_path


def right(folder: Path, told: list[Sample]) -> tuple[float, float]:
    """The mean log probabilities that the encoder in a folder gives to the relations and to the names of samples."""
    encoder, found, names = Encoder(folder, threads=0), [], []
    for sample in told:
        encoding = encoder.encoding([sample.window], [encoder.columns(sample.window)])
        around: list[Place] = [(place.start, place.end, LABELS[place.label]) for place in sample.places]
        if sample.relations:
            rows = encoding.ties(around).relations_of([(around[a], around[b]) for a, b, _ in sample.relations])
            found += [row[kind] for row, (_, _, kind) in zip(rows, sample.relations, strict=True)]
        spans = asked.names(sample)
        rows = named(encoding, *spans.ends[:2])
        names += rows[np.arange(len(rows)), spans.answers].tolist()
    return float(np.mean(found)), float(np.mean(names))


def test_layers_learn_the_same_from_the_same(told: list[Sample], folder: Path) -> None:
    written = []
    for passes in (0, 4, 4):
        layers.fit(layers.begun(folder, 0), folder, [told, told[:2]], dict.fromkeys(layers.PASSES, passes), 0)
        written.append(((folder / LAYERS).read_bytes(), right(folder, told)))
    for untaught, taught in zip(written[0][1], written[1][1], strict=True):
        assert untaught < taught - 0.5
    assert written[1] == written[2]


def test_what_is_used_is_what_was_learned(told: list[Sample], folder: Path) -> None:
    learned = layers.fit(layers.begun(folder, 0), folder, [told], dict.fromkeys(layers.PASSES, 1), 0)
    encoder, sample = Encoder(folder, threads=0), max(told, key=lambda sample: len(sample.relations))
    encoding = encoder.encoding([sample.window], [encoder.columns(sample.window)])
    around: list[Place] = [(place.start, place.end, LABELS[place.label]) for place in sample.places]
    used = {
        "relations": encoding.ties(around).relations_of([(around[a], around[b]) for a, b, _ in sample.relations]),
        "names": named(encoding, *asked.names(sample).ends[:2]),
    }
    hidden = torch.from_numpy(encoding.hidden.astype(np.float32))
    for name, classes in (("relations", len(RELATIONS)), ("names", len(NAMED))):
        question = layers.QUESTIONS[name](sample)
        assert used[name].shape == (len(question.answers), classes)
        with torch.no_grad():
            scores = learned[name](hidden, torch.from_numpy(question.ends), torch.from_numpy(question.facts))
        assert np.abs(np.exp(used[name]) - scores.softmax(dim=-1).numpy()).max() < 0.05  # eight bits


def test_spans_that_are_asked_about_are_the_mentions_and_others_within_a_sentence(told: list[Sample]) -> None:
    sample = max(told, key=lambda sample: len(sample.places))
    question, sentences = asked.names(sample), np.array(sample.window.sentences)
    first, last = question.ends[:2]
    assert (sentences[first] == sentences[last]).all()
    mentions = {(place.first, place.last) for place in sample.places if LABELS[place.label] in NAMED}
    found = zip(first.tolist(), last.tolist(), (question.answers != NAMED.index("none")).tolist(), strict=True)
    assert {(a, b) for a, b, is_mention in found if is_mention} == mentions
    assert len(question.answers) > 3 * len(mentions)


def test_a_base_passes_its_layers_on(tmp_path: Path) -> None:
    first = layers.begun(tmp_path, 1)
    save_file(layers.state_of(first), tmp_path / HEADS_FILE)
    again, new = layers.begun(tmp_path, 2), layers.begun(tmp_path / "none", 2)
    for name, own in first.items():
        assert torch.equal(again[name].inner.weight, own.inner.weight)
        assert not torch.equal(new[name].inner.weight, own.inner.weight)
