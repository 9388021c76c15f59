"""The heads for spans, pairs and texts: the graphs give what torch gives, and the same samples give the same graphs."""

from itertools import chain
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the encoder is trained where torch is installed")

from safetensors.torch import save_file  # noqa: E402
from spacy.language import Language  # noqa: E402

from pipeline.gold.folder import read_gold  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.stages.models.encoder import CARD, MODEL, SECTORS, STATED, TOKENS, Encoder, tokenizer  # noqa: E402
from pipeline.stages.models.heads import FILES, HIDDEN, LABELS, NAMED, RELATIONS, Place, named, texts  # noqa: E402  # noqa: E402
from pipeline.train import encoder as trained  # noqa: E402
from pipeline.train.encoder import COURSES, example, fit_heads  # noqa: E402
from pipeline.train.network import HEADS_FILE, STORED, initial_heads  # noqa: E402
from pipeline.train.samples import Sample, project_samples, samples  # noqa: E402
from pipeline.train.sectors import SectorRow  # noqa: E402

SHIPPED = Settings().models / "encoder"


PROJECT = SectorRow("gcof:1", "Loan for a dam", "China lends it to Sudan.", (("230",), ("210", "140")), "230", "pledge")


@pytest.fixture(scope="module")
def articles(nlp_base: Language) -> list[list[Sample]]:
    golds = read_gold(Settings().seeds / "gold")[:3]
    read = tokenizer(SHIPPED / TOKENS)
    return [samples(nlp_base(gold.article.text), gold, read) for gold in golds]


@pytest.fixture(scope="module")
def seen(articles: list[list[Sample]]) -> list[Sample]:
    return list(chain(*articles))


@pytest.fixture(scope="module")
def projects() -> list[Sample]:
    return list(project_samples([PROJECT], tokenizer(SHIPPED / TOKENS)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder without its heads."""
    for name in (MODEL, TOKENS, CARD):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    return tmp_path


def right(folder: Path, seen: list[Sample]) -> list[float]:
    """The mean log probabilities that the heads in a folder give to relations, names, and what sentences commit to."""
    encoder, found, names, committed = Encoder(folder, threads=0), list[float](), list[float](), list[float]()
    for sample in seen:
        encoding = encoder.encoding([sample.window], [encoder.columns(sample.window)])
        around: list[Place] = [(place.start, place.end, LABELS[place.label]) for place in sample.spans]
        if sample.relations:
            rows = encoding.pair_head(around).relations_of([(around[a], around[b]) for a, b, _ in sample.relations])
            found += [row[kind] for row, (_, _, kind) in zip(rows, sample.relations, strict=True)]
        spans, sentences = COURSES["mentions"].questions(sample), COURSES["stated"].questions(sample)
        rows = named(encoding, *spans.ends[:2])
        names += rows[np.arange(len(rows)), spans.answers].tolist()
        scores = texts(encoding, "stated", *sentences.ends[:2])
        committed += (-np.logaddexp(0, np.where(sentences.answers, -scores, scores))).ravel().tolist()
    return [float(np.mean(own)) for own in (found, names, committed)]


def test_heads_learn_the_same_from_the_same(
    articles: list[list[Sample]],
    seen: list[Sample],
    projects: list[Sample],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = []
    for passes in (0, 4, 4):
        courses = {name: course._replace(passes=passes) for name, course in COURSES.items()}
        monkeypatch.setattr(trained, "COURSES", courses)
        fit_heads(initial_heads(folder, 0), folder, [articles, articles[:1]], projects, 0)
        written.append(([(folder / file).read_bytes() for file in FILES], right(folder, seen)))
    for least, untaught, taught in zip((0.5, 0.5, 0.1), written[0][1], written[1][1], strict=True):
        assert untaught < taught - least
    assert written[1] == written[2]


def test_what_is_used_is_what_was_learned(
    articles: list[list[Sample]], seen: list[Sample], projects: list[Sample], folder: Path
) -> None:
    learned = fit_heads(initial_heads(folder, 0), folder, [articles], projects, 0)
    encoder, sample = Encoder(folder, threads=0), max(seen, key=lambda sample: len(sample.relations))
    encoding = encoder.encoding([sample.window], [encoder.columns(sample.window)])
    around: list[Place] = [(place.start, place.end, LABELS[place.label]) for place in sample.spans]
    used = {
        "relations": encoding.pair_head(around).relations_of([(around[a], around[b]) for a, b, _ in sample.relations]),
        "mentions": named(encoding, *COURSES["mentions"].questions(sample).ends[:2]),
        "stated": texts(encoding, "stated", *COURSES["stated"].questions(sample).ends[:2]),
        "topics": encoding.topics()[None],
    }
    classes = {"relations": len(RELATIONS), "mentions": len(NAMED), "stated": len(STATED), "topics": len(SECTORS)}
    for name, size in classes.items():
        question = COURSES[name].questions(sample)
        assert used[name].shape == (len(question.answers), size)
        with torch.no_grad():
            scores = learned[name](*learned[name].inputs(encoding.hidden, question.ends, question.facts))
        assert np.abs(np.exp(used[name]) - scores.exp().numpy()).max() < 0.05  # eight bits


def test_an_article_asks_for_its_sectors_once_and_a_project_for_each_of_its_own(
    articles: list[list[Sample]], projects: list[Sample]
) -> None:
    windows = [*articles[0], *articles[0]]
    read = [(sample, np.zeros((len(sample.window.ids), HIDDEN), np.float16)) for sample in windows]
    _, question = example(read, COURSES["topics"])
    assert question.ends[:2].T.tolist() == [[0, sum(len(sample.window.ids) for sample in windows) - 1]]
    assert np.flatnonzero(question.answers[0]).tolist() == sorted(articles[0][0].topics[0][2] or ())
    own = COURSES["projects"].questions(projects[0]).answers
    assert [[SECTORS[at] for at in np.flatnonzero(row)] for row in own] == [["230"], ["140", "210"]]
    scores = torch.zeros(2, len(SECTORS))
    assert COURSES["projects"].loss(scores, torch.from_numpy(own)).item() == pytest.approx(np.log(28 / 2**0.5))


def test_spans_that_are_asked_about_are_the_mentions_and_others_within_a_sentence(seen: list[Sample]) -> None:
    sample = max(seen, key=lambda sample: len(sample.spans))
    question, sentences = COURSES["mentions"].questions(sample), np.array(sample.window.sentences)
    first, last = question.ends[:2]
    assert (sentences[first] == sentences[last]).all()
    mentions = {(place.first, place.last) for place in sample.spans if LABELS[place.label] in NAMED}
    found = zip(first.tolist(), last.tolist(), (question.answers != NAMED.index("none")).tolist(), strict=True)
    assert {(a, b) for a, b, is_mention in found if is_mention} == mentions
    assert len(question.answers) > 3 * len(mentions)


def test_a_base_passes_its_heads_on(tmp_path: Path) -> None:
    first = initial_heads(tmp_path, 1)
    state = {
        f"layers.{STORED.get(name, name)}.{key}": value
        for name, head in first.items()
        for key, value in head.state_dict().items()
    }
    save_file(state, tmp_path / HEADS_FILE)
    again, new = initial_heads(tmp_path, 2), initial_heads(tmp_path / "none", 2)
    for name, own in first.items():
        assert torch.equal(again[name].inner.weight, own.inner.weight)
        assert not torch.equal(new[name].inner.weight, own.inner.weight)
