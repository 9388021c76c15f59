"""What a second reader gains for what it costs, from recorded answers to articles with gold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import SetupError
from pipeline.gold.evaluate.score import Scores, score
from pipeline.llm.fuse import Fusion, joined
from pipeline.llm.ground import Reading
from pipeline.llm.ground_alone import grounded
from pipeline.llm.ledger import Budget, planned
from pipeline.llm.recording import article_digest, read_recording, replayed
from pipeline.record import Record
from pipeline.stages.models.sectors import Model

SHARES = (0.0, 0.1, 0.25, 0.5, 1.0)  # of the calls


@dataclass(frozen=True)
class Example:
    """An article that a language model has read: gold, the record of the small models, and the reading.

    `tokens`: read and written together, as the recording counts them.
    """

    gold: Record
    record: Record
    reading: Reading
    calls: int
    tokens: int

    def joined(self, fusion: Fusion) -> Record:
        """The record of both readers."""
        return joined(self.record, self.reading, fusion)


@dataclass(frozen=True)
class Point:
    """The scores of all articles where `calls` were made, for the articles that were chosen first."""

    share: float
    calls: int
    tokens: int
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
            reading = grounded(record, replayed(record, lines), sectors, f"llm:{lines[0]['model']}")
            found.append(Example(gold, record, reading, len(lines), sum(sum(line["tokens"]) for line in lines)))
    if not found:
        names = ", ".join(map(str, answers))
        raise SetupError(f"{names}: no answer is about an article that has gold and a record of the same text")
    return found


def curve(examples: Sequence[Example], fusion: Fusion, shares: Sequence[float] = SHARES) -> list[Point]:
    """The scores at each share of the calls; articles are chosen as under a budget."""
    every = sum(example.calls for example in examples)
    found = []
    for share in shares:
        chosen = planned([one.record for one in examples], fusion.gain, Budget(calls=round(share * every))).chosen
        records = {
            one.gold.article.id: one.joined(fusion) if number in chosen else one.record
            for number, one in enumerate(examples)
        }
        calls, tokens = (sum(getattr(examples[at], name) for at in chosen) for name in ("calls", "tokens"))
        found.append(Point(share, calls, tokens, score([one.gold for one in examples], records)))
    return found
