"""Windows with their answers, and a tiny network that is trained, written and read."""

import lzma
import shutil
from pathlib import Path

import numpy as np
import pytest
from spacy.language import Language

from pipeline.errors import SetupError
from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.stages.models.encoder import (
    HEADS,
    SECTORS,
    STAGES,
    STATED,
    STATUSES,
    TAGS,
    TOKENS,
    TRIGGERS,
    encoder,
    stacked,
    tokenizer,
    windows,
)
from pipeline.stages.models.heads import HIDDEN, HOLDS, LABELS, RELATIONS, ROLES
from pipeline.train.samples import UNKNOWN, Sample, project_samples, samples
from pipeline.train.sectors import SectorRow

MODEL = Settings().models / "encoder"
ROW = SectorRow("gcof:1", "A bridge over the Tana", "The road bridge was opened.", (("210",),), "210", "completion")


@pytest.fixture(scope="module")
def gold() -> Record:
    return read_gold(Settings().seeds / "gold")[0]


@pytest.fixture(scope="module")
def marked(nlp_base: Language, gold: Record) -> list[Sample]:
    return samples(nlp_base(gold.article.text), gold, tokenizer(MODEL / TOKENS))


def words(sample: Sample, gold: Record, first: int, last: int) -> str:
    return gold.article.text[sample.window.offsets[first][0] : sample.window.offsets[last][1]]


def test_tags_say_the_gold_mentions(marked: list[Sample], gold: Record) -> None:
    begun = [TAGS[tag] for sample in marked for tag in sample.tags if TAGS[tag].startswith("B-")]
    named = [tag for tag in begun if tag != "B-GROUP"]
    assert sorted(named) == sorted(f"B-{mention.label}" for mention in gold.mentions)


def test_triggers_statuses_and_sectors_are_those_of_the_commitments(marked: list[Sample], gold: Record) -> None:
    for commitment in gold.commitments:
        start, end = commitment.trigger.start, commitment.trigger.end
        places = [
            (sample, at)
            for sample in marked
            for at, (a, b) in enumerate(sample.window.offsets)
            if a >= start and b <= end
        ]
        assert places
        for sample, at in places:
            assert TRIGGERS[sample.triggers[at]] == commitment.kind
            assert STATUSES[sample.statuses[at]] == commitment.status
            coded = {code for first, last, codes in sample.sectors if first <= at <= last for code in codes}
            assert {SECTORS[code] for code in coded} >= set(commitment.sectors)


def test_each_sentence_has_its_commitments_and_each_window_the_sectors(marked: list[Sample], gold: Record) -> None:
    found: dict[str, set[str]] = {}
    for sample in marked:
        for first, last, having in sample.stated:
            found.setdefault(words(sample, gold, first, last), set()).update(STATED[at] for at in having)
        assert [{SECTORS[at] for at in having} for *_, having in sample.topics] == [
            {sector.code for sector in gold.sectors}
        ]
    sentences = [gold.article.text[one.start : one.end] for one in gold.sentences]
    assert set(found) <= set(sentences)
    for commitment in gold.commitments:
        assert found[sentences[commitment.evidence[0].sentence]] >= {"any", commitment.kind, commitment.status}
    silent = set(range(len(sentences))) - {e.sentence for c in gold.commitments for e in c.evidence}
    assert silent
    assert not any(found[sentences[number]] for number in silent)


def test_names_are_listed_that_mean_an_actor_or_a_project(marked: list[Sample], gold: Record) -> None:
    known = {name for entity in [*gold.actors, *gold.projects] for name in [entity.name, *entity.aliases]}
    found = {words(s, gold, first, last): having for s in marked for first, last, having in s.listed}
    assert {name for name, having in found.items() if having == (0,)} <= known
    assert "Aibek Sadyrov" in found
    assert not known & {name for name, having in found.items() if not having}


def test_roles_and_relations_join_spans_of_one_sentence_or_of_neighbours(marked: list[Sample], gold: Record) -> None:
    names = {actor.id: {actor.name.lower(), *map(str.lower, actor.aliases)} for actor in gold.actors}
    doers = {name for c in gold.commitments for key in c.by for name in names[key]}
    spans = [(sample, [words(sample, gold, span.first, span.last) for span in sample.spans]) for sample in marked]
    found = {of[at].lower() for sample, of in spans for _, _, at, role in sample.arguments if ROLES[role] == "by"}
    assert found and found <= doers
    known = [(sample, of, *relation) for sample, of in spans for relation in sample.relations]
    assert any(RELATIONS[kind] != "none" for *_, kind in known)
    assert {abs(sample.spans[a].sentence - sample.spans[b].sentence) for sample, _, a, b, _ in known} == {0, 1}
    assert all(LABELS[sample.spans[a].label] not in ("MONEY", "ROLE") for sample, _, a, _, _ in known)
    held = {(of[a], of[b]) for _, of, a, b, kind in known if RELATIONS[kind] == HOLDS}
    assert ("Aibek Sadyrov", "Finance Minister") in held


def test_a_project_has_its_sector_and_stage_and_nothing_else() -> None:
    (sample,) = project_samples([ROW], tokenizer(MODEL / TOKENS))
    assert set(sample.tags) == set(sample.triggers) == {UNKNOWN}
    ((first, last, codes),) = sample.sectors
    assert (first, last) == (0, len(sample.window.ids) - 1)
    assert [SECTORS[code] for code in codes] == ["210"]
    assert sample.stages == [(0, last, (STAGES.index("completion"),))]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A base as all-MiniLM-L6-v2 is laid out, of one small layer."""
    pytest.importorskip("torch", reason="the encoder is trained where torch is installed")
    transformers = pytest.importorskip("transformers", reason="the encoder is trained where transformers is installed")
    config = transformers.BertConfig(
        hidden_size=HIDDEN, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, vocab_size=30_522
    )
    transformers.BertModel(config).save_pretrained(tmp_path / "base")
    (tmp_path / "base" / "tokenizer.json").write_bytes(lzma.decompress((MODEL / TOKENS).read_bytes()))
    return tmp_path / "base"


def test_a_network_learns_and_is_written_and_read(marked: list[Sample], tiny: Path, tmp_path: Path) -> None:
    import onnx
    import torch

    from pipeline.train import encoder as fit
    from pipeline.train.network import Network, initial_heads
    from pipeline.train.quantized import export, export_heads

    projects = list(project_samples([ROW] * 8, tokenizer(MODEL / TOKENS)))
    start = Network(tiny)
    one, two = (fit.fitted([marked], projects, start, seed=1) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    export(one, tiny, tmp_path / "out")
    export_heads(initial_heads(tiny, 0), tmp_path / "out")
    (found,) = encoder(tmp_path / "out")([("Kenya lent it.", [(0, 14)])])
    assert found.tags.shape == (4, HEADS[0])
    written = onnx.load(tmp_path / "out" / "encoder.onnx")
    assert any(node.op_type == "QAttention" for node in written.graph.node), "attention in many operators takes longer"
    scales = [part.dims for part in written.graph.initializer if part.name.endswith("_scale")]
    assert any(len(dims) == 1 and dims[0] > 1 for dims in scales), "one scale for a whole matrix loses mentions"
    (window,) = windows("Kenya lent it.", [(0, 14)], tokenizer(MODEL / TOKENS))
    with torch.no_grad():
        whole = one.eval().hidden(*torch.from_numpy(stacked([window])))[0, 1:-1].numpy()
    assert np.corrcoef(found.hidden.ravel(), whole.ravel())[0, 1] > 0.99, "eight bits, and no mask, change little"
    written.graph.input.append(onnx.helper.make_tensor_value_info("mask", onnx.TensorProto.INT64, [1, "pieces"]))
    shutil.copytree(tmp_path / "out", tmp_path / "mask")
    onnx.save(written, tmp_path / "mask" / "encoder.onnx")
    with pytest.raises(SetupError, match="another version"):
        encoder(tmp_path / "mask")


def test_an_encoder_learns_from_some_articles_and_says_so(gold: Record, tiny: Path, tmp_path: Path) -> None:
    from pipeline.train.encoder import Trainer

    golds = read_gold(Settings().seeds / "gold")[:2]
    trainer = Trainer(golds, tiny, None, 0)
    for name, places in {"one": [1], "again": [1], "other": [0]}.items():
        card = trainer.train(places, tmp_path / name)
    assert (card["articles"], card["base"], card["epochs"]) == (1, None, 10)
    written = {name: (tmp_path / name / "heads" / "roles.onnx").read_bytes() for name in ("one", "again", "other")}
    assert written["one"] == written["again"] != written["other"]


def test_the_shipped_base_is_opened_over_the_package_that_has_its_words(tmp_path: Path) -> None:
    numpy_tensors = pytest.importorskip("safetensors.numpy", reason="the encoder is trained where safetensors is")
    from pipeline.train.network import PACKED, WORDS, opened

    small, shipped, copy = tmp_path / "small", Settings().models / "base", tmp_path / "copy"
    small.mkdir()
    words = np.ones((30_522, HIDDEN), np.float32)
    numpy_tensors.save_file({WORDS: words}, small / "model.safetensors")
    for name in ("config.json", "tokenizer.json"):
        (small / name).write_text("{}", encoding="utf-8")
    with opened(shipped, small) as folder:
        read = numpy_tensors.load_file(folder / "model.safetensors")
        assert (read[WORDS] == words).all()
        assert len(read) > 6 * 16
        assert "heads.weight" in numpy_tensors.load_file(folder / "heads.safetensors")
        assert (folder / "card.json").read_bytes() == (shipped / "card.json").read_bytes()
    with opened(small) as folder:
        assert folder == small
    copy.mkdir()
    (copy / PACKED).write_bytes((shipped / PACKED).read_bytes()[:-100])
    with pytest.raises(SetupError, match=r"base\.npz\.xz: is damaged"), opened(copy, small):
        pass
