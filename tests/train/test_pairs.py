"""The layers over pairs: what is learned in torch is what is used, and the same is learned from the same."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the encoder is trained where torch is installed")

from safetensors.torch import save_file  # noqa: E402
from spacy.language import Language  # noqa: E402

from pipeline.encoder import CARD, MODEL, PAIRS, TOKENS, Encoder, tokenizer  # noqa: E402
from pipeline.evaluate.gold import read_corpus  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.ties import LABELS, RELATIONS, Place  # noqa: E402
from pipeline.train.encoder import pairs  # noqa: E402
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
    """An encoder without its layers over pairs."""
    for name in (MODEL, TOKENS, CARD):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    return tmp_path


def right(folder: Path, told: list[Sample]) -> float:
    """The mean log probability that the encoder in a folder gives to the relations of samples."""
    encoder, found = Encoder(folder, threads=0), []
    for sample in told:
        encoding = encoder.encoding([sample.window], [encoder.columns(sample.window)])
        around: list[Place] = [(place.start, place.end, LABELS[place.label]) for place in sample.places]
        if sample.relations:
            rows = encoding.ties(around).relations_of([(around[a], around[b]) for a, b, _ in sample.relations])
            found += [row[kind] for row, (_, _, kind) in zip(rows, sample.relations, strict=True)]
    return float(np.mean(found))


def test_layers_learn_the_same_from_the_same(told: list[Sample], folder: Path) -> None:
    written = []
    for passes in (0, 4, 4):
        pairs.fit(pairs.begun(folder, 0), folder, [told, told[:2]], passes, 0)
        written.append(((folder / PAIRS).read_bytes(), right(folder, told)))
    assert written[0][1] < written[1][1] - 0.5
    assert written[1] == written[2]


def test_what_is_used_is_what_was_learned(told: list[Sample], folder: Path) -> None:
    layers = pairs.fit(pairs.begun(folder, 0), folder, [told], 1, 0)["relations"]
    encoder, sample = Encoder(folder, threads=0), max(told, key=lambda sample: len(sample.relations))
    encoding = encoder.encoding([sample.window], [encoder.columns(sample.window)])
    around: list[Place] = [(place.start, place.end, LABELS[place.label]) for place in sample.places]
    used = np.exp(encoding.ties(around).relations_of([(around[a], around[b]) for a, b, _ in sample.relations]))
    asked = pairs.asked(sample, "relations")
    hidden = torch.from_numpy(encoding.hidden.astype(np.float32))
    with torch.no_grad():
        learned = layers(hidden, torch.from_numpy(asked.ends), torch.from_numpy(asked.facts)).softmax(dim=-1).numpy()
    assert used.shape == (len(sample.relations), len(RELATIONS))
    assert np.abs(used - learned).max() < 0.05  # eight bits


def test_a_base_passes_its_layers_on(tmp_path: Path) -> None:
    first = pairs.begun(tmp_path, 1)
    save_file(pairs.state_of(first), tmp_path / HEADS_FILE)
    again, new = pairs.begun(tmp_path, 2), pairs.begun(tmp_path / "none", 2)
    for name, layers in first.items():
        assert torch.equal(again[name].left.weight, layers.left.weight)
        assert not torch.equal(new[name].left.weight, layers.left.weight)
