"""Articles read by the small models alone, and with recorded answers of a large language model."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.extract import extract_stream, load
from pipeline.llm.fuse import joined, read_fusion
from pipeline.llm.ground import ground
from pipeline.llm.recording import article_digest, read_recording, replayed
from pipeline.record import Article, Record
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.models.sectors import FOLDER as SECTORS
from pipeline.stages.models.sectors import read_model

ANSWERS = Settings().seeds / "answers"


def articles(rows: Iterable[dict[str, str]]) -> list[Article]:
    return [make_article(**{name: row[name] for name in ("text", "id", "title", "source", "date")}) for row in rows]


def alone(read: Iterable[Article]) -> list[Record]:
    return [record for record in extract_stream(read, load()) if isinstance(record, Record)]


def with_answers(records: Iterable[Record], answers: Path) -> list[Record]:
    """The records joined with the recorded answers about them."""
    settings, recording = Settings(), read_recording(answers)
    fusion, sectors = read_fusion(settings.measured("default")), read_model(settings.models / SECTORS)
    found = []
    for record in records:
        lines = recording[article_digest(record.article.id), record.article.sha256]
        found.append(joined(record, ground(record, replayed(record, lines), sectors, "llm:large"), fusion))
    return found
