"""A larger network that says what it thinks, and a smaller one that learns from it."""

import json
import lzma
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the encoder is trained where torch is installed")
transformers = pytest.importorskip("transformers", reason="the encoder is trained where transformers is installed")

import torch  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

from pipeline.cli import app  # noqa: E402
from pipeline.errors import SetupError  # noqa: E402
from pipeline.gold.folder import read_gold  # noqa: E402
from pipeline.record import Record  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.stages.models.encoder import TAGS, TOKENS, TRIGGERS, tokenizer, windows  # noqa: E402
from pipeline.stages.models.pair_head import LABELS  # noqa: E402
from pipeline.train.cards import card_of  # noqa: E402
from pipeline.train.encoder import teach as module  # noqa: E402
from pipeline.train.encoder.base import train_base, train_teacher  # noqa: E402
from pipeline.train.encoder.fit import Course, fitted  # noqa: E402
from pipeline.train.encoder.losses import losses  # noqa: E402
from pipeline.train.encoder.network import Network  # noqa: E402
from pipeline.train.encoder.packed import PACKED, opened, pack  # noqa: E402
from pipeline.train.encoder.rows import ANY, PAIRS, PIECES, scores  # noqa: E402
from pipeline.train.encoder.samples import UNKNOWN, Sample, otherwise, samples_of  # noqa: E402
from pipeline.train.encoder.teach import SAME, in_order, read_unlabelled, teach, unannotated  # noqa: E402
from pipeline.train.encoder.train import _Trainer  # noqa: E402
from pipeline.train.entities.recognizer import read_silver  # noqa: E402

SHIPPED = Settings().models / "encoder" / TOKENS
TEXT = "Kenya will build a port at Lamu. Japan lent $40 million for the port. The minister thanked Tokyo."
SIZES = {"hidden_size": 384, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}


@pytest.fixture(scope="module")
def golds() -> list[Record]:
    return read_gold(Settings().seeds / "gold")[:2]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base as all-MiniLM-L6-v2 is laid out, of one small layer."""
    folder = tmp_path_factory.mktemp("small")
    transformers.BertModel(transformers.BertConfig(vocab_size=30_522, **SIZES)).save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes(lzma.decompress(SHIPPED.read_bytes()))
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network as all-mpnet-base-v2 is laid out: BERT's word pieces under other numbers."""
    folder = tmp_path_factory.mktemp("large")
    transformers.MPNetModel(transformers.MPNetConfig(vocab_size=30_527, **SIZES)).save_pretrained(folder)
    told = json.loads(lzma.decompress(SHIPPED.read_bytes()))
    pieces = {piece: number + 4 for piece, number in told["model"]["vocab"].items() if piece not in SAME}
    told["model"]["vocab"] = pieces | {"<s>": 0, "<pad>": 1, "</s>": 2, "<mask>": 30_526}
    (folder / "tokenizer.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def teacher(small: Path, golds: list[Record]) -> Network:
    """One that is not sure of anything, but of each thing in its own way."""
    torch.manual_seed(3)
    return Network(small).eval()


def told(golds: list[Record]) -> list[Sample]:
    return list(chain(*samples_of(golds, tokenizer(SHIPPED))[0]))


def test_word_pieces_are_put_in_the_order_of_the_small_network(small: Path, large: Path, tmp_path: Path) -> None:
    before = transformers.AutoModel.from_pretrained(large).get_input_embeddings().weight
    after = Network(in_order(large, small, tmp_path)).bert.get_input_embeddings().weight
    ours, theirs = (json.loads((f / "tokenizer.json").read_text())["model"]["vocab"] for f in (small, large))
    assert len(after) == len(ours)
    for piece, same in {"port": "port", "##ing": "##ing", "[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}.items():
        assert torch.equal(after[ours[piece]], before[theirs[same]])


def test_a_text_cut_otherwise_has_the_same_pieces_in_other_windows() -> None:
    encode = tokenizer(SHIPPED)
    text = " ".join(f"Sentence {number} tells of a port, a road and a line of {number} miles." for number in range(40))
    spans = [(at, at + len(part) + 1) for part in text.split(". ") for at in [text.index(part)]]
    one, two = list(windows(text, spans, encode)), list(otherwise(text, spans, encode))
    assert [place for window in one for place in window.offsets] == [
        place for window in two for place in window.offsets
    ]
    assert len(two[0].ids) < 0.6 * len(one[0].ids)
    assert {window.offsets[0] for window in one[1:]}.isdisjoint(window.offsets[0] for window in two)
    assert list(otherwise("", [], encode)) == []


def test_a_teacher_says_how_probable_it_finds_each_answer(golds: list[Record], teacher: Network) -> None:
    samples = told(golds)
    teach(samples, teacher)
    for sample in samples:
        for name, said in sample.teacher.items():
            assert len(said) == len(getattr(sample, name))
            assert ((said >= 0) & (said <= 1)).all()
            if name not in ANY and len(said):
                assert said.astype(float).sum(axis=1) == pytest.approx(1, abs=0.01)
    alone = losses(scores(teacher, samples[:1]), samples[:1])
    assert all(torch.isfinite(loss) for loss in alone.values())


def test_of_an_article_that_nobody_annotated_is_asked_what_the_teacher_sees(teacher: Network) -> None:
    ((sample,),) = unannotated([TEXT], tokenizer(SHIPPED), teacher)
    assert set(sample.tags) == set(sample.triggers) == set(sample.statuses) == {UNKNOWN}
    assert [TEXT[sample.window.offsets[a][0] : sample.window.offsets[b][1]] for a, b, _ in sample.stated] == [
        part + "." for part in TEXT.removesuffix(".").split(". ")
    ]
    triggers = {(first, last) for first, last, *_ in sample.arguments}
    assert len(sample.arguments) == len(triggers) * len(sample.spans)
    assert {place.sentence for place in sample.spans} <= {0, 1, 2}
    assert all(role == UNKNOWN for *_, role in sample.arguments)


def test_spans_are_read_from_tags() -> None:
    encode = tokenizer(SHIPPED)
    (window,) = windows(TEXT, [(0, 32), (32, 70), (70, len(TEXT))], encode)
    tags = ["O"] * len(window.ids)
    tags[0] = "B-COUNTRY"
    tags[3:6] = ["B-PROJECT", "I-PROJECT", "I-ORG"]  # ends where another label goes on
    tags[6] = "I-PLACE"  # begins nothing
    tags[9:11] = ["B-COUNTRY", "B-MONEY"]  # two that touch
    found = module._spans(window, [(0, 32), (32, 70), (70, len(TEXT))], [TAGS.index(tag) for tag in tags])
    assert [(LABELS[p.label], p.first, p.last, p.sentence) for p in found] == [
        ("COUNTRY", 0, 0, 0),
        ("PROJECT", 3, 4, 0),
        ("COUNTRY", 9, 9, 1),
        ("MONEY", 10, 10, 1),
    ]
    finance, policy = TRIGGERS.index("finance"), TRIGGERS.index("policy")
    assert list(module._runs([0, finance, finance, policy, 0, policy])) == [(1, 2), (3, 3), (5, 5)]


def test_a_network_comes_to_say_what_its_teacher_says(small: Path, teacher: Network) -> None:
    seen = list(chain(*unannotated([TEXT] * 8, tokenizer(SHIPPED), teacher)))
    torch.manual_seed(5)
    start = Network(small)
    after = fitted([[]], [], start, Course(8, (2e-3, 2e-3)), once=seen * 8)

    def apart(network: Network) -> float:
        with torch.no_grad():
            found = scores(network.eval(), seen[:1])["tags"].softmax(dim=-1).numpy()
        return float(np.abs(found - seen[0].teacher["tags"]).mean())

    assert apart(after) < 0.5 * apart(start)


def test_what_nobody_told_and_nobody_said_costs_nothing(teacher: Network) -> None:
    (sample,) = unannotated([TEXT], tokenizer(SHIPPED), teacher)[0]
    sample.teacher = {}
    found = losses(scores(teacher, [sample]), [sample])
    assert set(found) == {*PIECES, "sectors", "stages", *ANY, *PAIRS}
    assert all(float(loss.detach()) == 0 for loss in found.values())


def test_a_teacher_need_not_be_listened_to_in_all(teacher: Network) -> None:
    (sample,) = unannotated([TEXT], tokenizer(SHIPPED), teacher)[0]
    del sample.teacher["topics"]
    found = {name: float(loss.detach()) for name, loss in losses(scores(teacher, [sample]), [sample]).items()}
    assert found["topics"] == 0
    assert found["tags"] > 0 and found["stated"] > 0


def test_a_base_learns_from_a_teacher_that_learned(
    golds: list[Record], small: Path, large: Path, tmp_path: Path
) -> None:
    card = train_teacher(tmp_path / "teacher", large, golds[:1], small=small)
    assert card["articles"] == 1
    news = tmp_path / "news.jsonl"
    news.write_text(json.dumps({"text": TEXT}) + '\n{"title": "no text"}\n', encoding="utf-8")
    texts = read_unlabelled([str(news)])
    assert [text.text for text in texts] == [TEXT]
    told, alone = (tmp_path / name for name in ("stated", "alone"))
    found = train_base(told, base=small, golds=golds[:1], teacher=tmp_path / "teacher", unlabelled=texts)
    assert (found["teacher"]["name"], found["unlabelled"]) == ("teacher", 1)
    train_base(alone, base=small, golds=golds[:1])
    assert (told / "heads.safetensors").read_bytes() != (alone / "heads.safetensors").read_bytes()
    assert (told / "ner" / "model").read_bytes() != (alone / "ner" / "model").read_bytes()


def test_an_encoder_learns_from_a_teacher_that_learned_from_the_same_articles(
    golds: list[Record], small: Path, large: Path, tmp_path: Path
) -> None:
    train_teacher(tmp_path / "teacher", large, golds[:1], small=small)
    lesson = golds, small, None, 0
    _Trainer(*lesson).train([1], tmp_path / "alone", tmp_path / "none.jsonl")
    school = _Trainer(*lesson, tmp_path / "teacher", [TEXT])
    for name, places in {"one": [1], "again": [1], "other": [0]}.items():
        card = school.train(places, tmp_path / name, tmp_path / f"{name}.jsonl")
    assert (card["teacher"]["name"], card["unlabelled"], card["articles"]) == ("teacher", 1, 1)
    folders = "alone", "one", "again", "other"
    weights = {name: (tmp_path / name / "heads" / "roles.onnx").read_bytes() for name in folders}
    assert weights["one"] == weights["again"]
    assert len(set(weights.values())) == 3
    assert [text for text, _ in read_silver(tmp_path / "one.jsonl")] == [TEXT]
    assert not (tmp_path / "none.jsonl").exists()


def test_a_packed_base_is_the_base_but_for_a_rounding(golds: list[Record], small: Path, tmp_path: Path) -> None:
    whole, packed = tmp_path / "whole", tmp_path / "packed"
    card = train_base(whole, base=small, golds=golds[:1])
    pack(whole, packed)
    assert sum(file.stat().st_size for file in packed.iterdir()) < 0.1 * (whole / "model.safetensors").stat().st_size
    with opened(packed, small) as folder:
        assert card_of(folder) == card
        before, after = (dict(Network(base).named_parameters()) for base in (whole, folder))
    assert set(before) == set(after)
    for name, value in before.items():
        step = value.abs().max(dim=-1, keepdim=True).values / 31
        assert ((after[name] - value).abs() <= 0.51 * step + 1e-3 * value.abs() + 1e-6).all(), name
    assert torch.equal(
        before["bert.embeddings.word_embeddings.weight"], after["bert.embeddings.word_embeddings.weight"]
    )
    with opened(small) as folder:
        assert folder == small
    (packed / PACKED).write_bytes((packed / PACKED).read_bytes()[:-100])
    with pytest.raises(SetupError, match=r"base\.npz\.xz: is damaged"), opened(packed, small):
        pass


def test_what_is_no_base_is_not_packed(small: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"has no heads\.safetensors; name a folder that `corridor train base` wrote"):
        pack(small, tmp_path / "packed")


def test_a_teacher_without_gold_is_refused(tmp_path: Path) -> None:
    for words in (["--unlabelled", "news.jsonl"], ["--teacher", str(tmp_path)]):
        result = CliRunner().invoke(app, ["train", "base", "--out", str(tmp_path / "out"), *words])
        assert result.exit_code == 2
        assert "--unlabelled wants --teacher, and --teacher wants --gold" in " ".join(result.output.split())
    assert not (tmp_path / "out").exists()


def test_articles_without_gold_are_nothing_to_an_encoder_without_a_teacher(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    words = ["--gold", str(Settings().seeds / "gold"), "--parts", str(parts), "--unlabelled", "news.jsonl"]
    words += ["--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, ["train", "encoder", *words])
    assert result.exit_code == 2
    assert "--unlabelled wants --teacher" in " ".join(result.output.split())
    assert not parts.exists()
