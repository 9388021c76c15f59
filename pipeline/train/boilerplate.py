"""Fits the classifier of boilerplate, and scores it on articles that it never saw."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import SetupError
from pipeline.extract import build
from pipeline.gold.importer import Offsets
from pipeline.gold.stories import by_story
from pipeline.sources import make_article
from pipeline.stages.boilerplate import BEFORE, FOLDER, WEIGHTS, features, likely
from pipeline.stages.document.doc import sentence_spans
from pipeline.stages.document.view import view_of
from pipeline.stages.models.linear import ANY, Weights
from pipeline.train.estimators import Row, balance, held_out, weights_of
from pipeline.train.gold import CARD, by_folder, described, write_json

TEXTS = "boilerplate.txt"  # in a gold folder: articles of which nothing else is annotated
NEXT, MARK, TITLE = "====\n", "~ ", "# "
STRENGTH = 0.5  # see `weights_of`: words of boilerplate are seldom seen, and nearly always right

Judged = list[tuple[float, bool]]  # how likely each sentence is boilerplate, and whether it is


@dataclass(frozen=True)
class Marked:
    """A text with what is boilerplate in it, in characters."""

    text: str
    title: str | None
    boilerplate: Sequence[Offsets]


@dataclass(frozen=True)
class Example:
    """An article: of each sentence its features, whether most of it is boilerplate, and whether gold has just that.

    `missed`: sentences of gold that are none here.
    """

    features: list[list[str]]
    marked: list[bool]
    right: list[bool]
    missed: int

    @property
    def rows(self) -> list[Row]:
        """What there is to learn, given what the sentence before is."""
        rows = zip([False, *self.marked], self.features, self.marked, strict=False)
        return [(BEFORE[after], names, mark) for after, names, mark in rows if names]


def train_boilerplate(gold: Sequence[Path], out: Path) -> dict[str, object]:
    """Writes weights and card to `out`; deterministic. The card, with the cross-validated scores by story.

    Articles without `boilerplate` in their gold are left out. Raises SetupError where no gold has any.
    """
    named = by_folder(gold)
    every = [(name, one) for name, own in named.items() for one in own]
    marks = [(name, one) for name, one in every if any(sentence.boilerplate is not None for sentence in one.sentences)]
    golds = [one for _, one in marks]
    if not golds:
        raise SetupError("no gold marks boilerplate: add `boilerplate` to the gold of some articles")
    texts = [text for folder in gold for text in read_texts(folder / TEXTS)]
    own = [
        Marked(one.article.text, one.article.title, [(s.start, s.end) for s in one.sentences if s.boilerplate])
        for one in golds
    ]
    known = _examples([*own, *texts])
    taught, more = known[: len(golds)], known[len(golds) :]
    models = held_out(by_story(golds), lambda chosen: _fitted([*(known[at] for at in chosen), *more]))
    judged = [
        list(zip(likely(one.features, model), one.right, strict=True))
        for one, model in zip(taught, models, strict=True)
    ]
    threshold = balance([pair for pairs in judged for pair in pairs], sum(one.missed for one in taught))
    out.mkdir(parents=True, exist_ok=True)
    replace(_fitted(known), thresholds={ANY: threshold}).write(out / WEIGHTS)
    chosen = {name: [at for at, (own, _) in enumerate(marks) if own == name] for name in named}
    card: dict[str, object] = {
        "name": FOLDER,
        "what": "which sentences of an article are no part of its story",
        **described(golds),
        "texts": len(texts),
        "rebuild": "corridor train boilerplate --gold FOLDER ... --out DIR",
        "cross_validated": {
            name: _scored([pair for at in ats for pair in judged[at]], sum(known[at].missed for at in ats), threshold)
            for name, ats in chosen.items()
        },
    }
    return write_json(card, out / CARD)


def read_texts(path: Path) -> list[Marked]:
    """The articles of a file of texts in which boilerplate is marked; none where there is no such file."""
    if not path.is_file():
        return []
    _, *articles = path.read_text(encoding="utf-8").split(NEXT)
    return [marked(article) for article in articles]


def marked(article: str) -> Marked:
    """An article with marks, without them."""
    lines = article.strip().split("\n")
    title = lines[0].removeprefix(TITLE)
    text, spans = "", []
    for line in lines[1:] if lines[0].startswith(TITLE) else lines:
        before, mark, after = line.partition(MARK)
        start = len(text) + len(before)
        text += f"{before}{after}\n"
        if mark:
            spans.append((start, len(text) - 1))
    return Marked(text, title, spans)


def _examples(articles: Sequence[Marked]) -> list[Example]:
    """What each article teaches, parsed by the base model."""
    examples = []
    for doc, one in zip(build(()).pipe(one.text for one in articles), articles, strict=True):
        doc._.article = make_article(one.text, title=one.title)
        spans, gold = sentence_spans(doc), set(one.boilerplate)
        mark = [any(min(end, b) - max(start, a) > (end - start) / 2 for a, b in gold) for start, end in spans]
        missed = len(gold - set(spans))
        examples.append(Example(features(view_of(doc)), mark, [span in gold for span in spans], missed))
    return examples


def _fitted(examples: Iterable[Example]) -> Weights:
    """The weights, without a threshold of their own."""
    return weights_of([row for example in examples for row in example.rows], STRENGTH)


def _scored(answers: Judged, missed: int, threshold: float) -> dict[str, float]:
    hits = sum(right for sure, right in answers if sure >= threshold)
    given, gold = sum(sure >= threshold for sure, _ in answers), sum(right for _, right in answers) + missed
    return {
        "precision": round(hits / max(1, given), 3),
        "recall": round(hits / max(1, gold), 3),
        "f1": round(2 * hits / max(1, given + gold), 3),
    }
