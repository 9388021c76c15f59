"""What a second reader gains for what it costs, from recorded answers to articles with gold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import SetupError
from pipeline.gold.evaluate.score import Scores, score
from pipeline.llm.fuse import Fusion, joined
from pipeline.llm.ground import Reading, ground
from pipeline.llm.ledger import Budget, planned
from pipeline.llm.recording import article_digest, read_recording, replayed
from pipeline.record import Record
from pipeline.stages.models.sectors import Model

SHARES = (0.0, 0.1, 0.25, 0.5, 1.0)  # of the calls


@dataclass(frozen=True)
class Example:
    """An article that a language model has read: gold, the record of the small models, and the reading.

    `tokens`: read and written, as the recording counts them.
    """

    gold: Record
    record: Record
    reading: Reading
    calls: int
    tokens: tuple[int, int]


@dataclass(frozen=True)
class Point:
    """The scores of all articles where `calls` were made, for the articles that were chosen first."""

    share: float
    calls: int
    tokens: tuple[int, int]
    scores: Scores


def read_examples(
    golds: Iterable[Record], records: Iterable[Record], answers: Sequence[Path], sectors: Model
) -> list[Example]:
    """The articles that have gold, a record and recorded answers. Raises SetupError where there is none."""
    recording = {key: lines for path in answers for key, lines in read_recording(path).items()}
    by_id = {record.article.id: record for record in records}
    found = []
    for gold in golds:
        record = by_id.get(gold.article.id)
        lines = recording.get((article_digest(gold.article.id), record.article.sha256)) if record else None
        if record and lines:
            reading = ground(record, replayed(record, lines), sectors, f"llm:{lines[0]['model']}")
            read, written = (sum(line["tokens"][side] for line in lines) for side in (0, 1))
            found.append(Example(gold, record, reading, len(lines), (read, written)))
    if not found:
        names = ", ".join(map(str, answers))
        raise SetupError(f"{names}: no answer is about an article that has gold and a record of the same text")
    return found


def curve(examples: Sequence[Example], fusion: Fusion, shares: Sequence[float] = SHARES) -> list[Point]:
    """The scores at each share of the calls; articles are chosen as under a budget."""
    golds = [example.gold for example in examples]
    every = sum(example.calls for example in examples)
    found = []
    for share in shares:
        budget = Budget(calls=round(share * every))
        chosen = planned([example.record for example in examples], fusion.gain, budget).chosen
        read = [example for number, example in enumerate(examples) if number in chosen]
        records: Mapping[str, Record] = {example.gold.article.id: example.record for example in examples} | {
            example.gold.article.id: joined(example.record, example.reading, fusion) for example in read
        }
        tokens = sum(example.tokens[0] for example in read), sum(example.tokens[1] for example in read)
        found.append(Point(share, sum(example.calls for example in read), tokens, score(golds, records)))
    return found
