"""A worker that loads no models, and the API over it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builders import bare, record
from knowledge.changes.news import known, port
from starlette.testclient import TestClient

from pipeline.knowledge.folder import write
from pipeline.review.httpd import Hosts
from pipeline.run.workers.worker import Outcome
from pipeline.serve.app import app
from pipeline.serve.extraction import Extraction
from pipeline.serve.known import Known
from pipeline.serve.records import Records
from pipeline.serve.run import guarded
from pipeline.serve.worker import File, Job
from pipeline.settings import Settings

HERE = "http://127.0.0.1:8000"
WORK = "pipeline.serve.extraction.Work"


class QuickWork:
    """A record for each text, in which nothing was found. The texts "slow", "die" and "bad" are what they say."""

    def __init__(self, settings: Settings, opened: object = None) -> None:
        if settings.batch_size == 0:
            raise ValueError("no models")

    def __call__(self, job: Job) -> Iterator[Outcome | None]:
        texts = [job.data.decode()] if isinstance(job, File) else [row.text for row in job]
        for number, text in enumerate(texts):
            if text == "slow":
                time.sleep(60)
            if text == "die":
                os._exit(3)
            name = f"{os.getpid()}-{number}"
            if text == "bad":
                yield Outcome(name, "failed", reason="holds no text")
            else:
                yield Outcome(name, "done", line=record_line(name, text))
        yield None


def record_line(name: str, text: str) -> str:
    return bare(name, title=text).to_json()


def records_file(folder: Path) -> Path:
    """Three records, one with a slash in its id, and two lines that are left out."""
    rows = [record("peru/1"), bare("dry", title="No rain in Ica", source="Wire", date="2025-06-02"), bare("old")]
    lines = [*(row.to_json() for row in rows), '{"article": 1}', rows[1].to_json()]
    path = folder / "records.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def knowledge_folder(folder: Path) -> Path:
    """A port in Kenya, reported on three days, and what was known after the first: `old`."""
    articles = [port("x", "2025-06-03"), port("y", "2025-06-10", "underway"), port("z", "2025-06-20", "completed")]
    old = known(*articles[:1])
    write(old, folder / "old")
    write(known(*articles[1:], onto=old), folder / "knowledge")
    return folder / "knowledge"


def client_of(
    extraction: Extraction, records: Records | None = None, knowledge: Known | None = None, **options: Any
) -> TestClient:
    """A client of the API behind its guard; used as a context, it starts the worker."""
    token = options.get("token")
    api = app(extraction, "default", records, knowledge, token)
    return TestClient(guarded(api, options.get("hosts", Hosts()), token), HERE, raise_server_exceptions=False)
