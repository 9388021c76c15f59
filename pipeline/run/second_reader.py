"""Runs a second reader over the outcomes of a run, or over the parts of a run folder that is finished.

In a folder each record is kept as it was, in the cache of answers, before it is replaced. So a run that is stopped, and
one with another budget, starts again from the records of the small models, and asks nothing twice.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from pipeline.errors import SetupError
from pipeline.llm.endpoint import NAME, Cache, Endpoint
from pipeline.llm.ledger import Budget, Plan, Prices
from pipeline.llm.prompt import Request
from pipeline.llm.read import METHOD as LLM
from pipeline.llm.read import Reader
from pipeline.llm.recording import Recorded, recorded
from pipeline.llm.windows import prompts_of
from pipeline.record import Record, digest
from pipeline.records import RUN
from pipeline.run.files import Folder
from pipeline.run.folder import READER, RunFolder, read_state
from pipeline.run.workers.worker import Outcome

Requests = Callable[[], Iterable[Request]]
Show = Callable[[Plan], object] | None  # what is done with a plan in place of carrying it out


def read_outcomes(outcomes: Iterable[Outcome], reader: Reader, show: Show = None) -> Iterator[Outcome]:
    """The outcomes in their order, with the records as read.

    Without a budget and `show` nothing waits for the end of the input; else all records are kept in a temporary file
    until the plan is made.
    """
    if show is None and reader.budget == Budget():
        yield from _read(((outcome, True) for outcome in outcomes), reader)
        return
    with TemporaryFile("w+", encoding="utf-8", newline="\n") as file:
        heads = []
        for outcome in outcomes:
            heads.append(replace(outcome, line=""))
            if outcome.line:
                file.write(outcome.line + "\n")

        def again() -> Iterator[Outcome]:
            file.seek(0)
            yield from (
                replace(head, line=file.readline().rstrip("\n")) if head.state == "done" else head for head in heads
            )

        plan = reader.plan(Record.model_validate_json(row.line) for row in again() if row.line)
        if show:
            show(plan)
            yield from again()
            return
        numbers = iter(range(len(heads)))
        yield from _read(((row, bool(row.line) and next(numbers) in plan.chosen) for row in again()), reader)


def _read(outcomes: Iterable[tuple[Outcome, bool]], reader: Reader) -> Iterator[Outcome]:
    items = ((row, Record.model_validate_json(row.line) if row.line else None, wanted) for row, wanted in outcomes)
    for outcome, record in reader.read(items):
        yield replace(outcome, line=record.to_json()) if record else outcome


def read_folder(
    folder: RunFolder,
    reader: Reader,
    show: Show = None,
    prices: Prices | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    fill: Callable[[Requests], bool] | None = None,
) -> None:
    """Reads the records of a finished run, part by part, and writes what was done into `run.json`.

    `progress` gets the number of articles that are done, and of all; `fill` puts answers to all prompts into the cache
    beforehand, and says whether there is no more to wait for.
    """
    start, state = time.monotonic(), folder.state()
    plan = reader.plan(record for number in folder.parts() for record in _kept(folder, number, reader.cache))
    if show:
        show(plan)
        return
    folder.write_state(**state | {"state": "reading"})
    if fill:
        if not fill(lambda: reader.requests_of(_chosen(folder, reader, plan))):
            return
        reader.offline = True
    places = iter(range(plan.articles))
    for number in folder.parts():
        records = [*_kept(folder, number, reader.cache)]
        lines = []
        for place, record in reader.read(((place := next(places)), record, place in plan.chosen) for record in records):
            lines.append(record.to_json() if record else "")
            progress(place + 1, plan.articles)
        folder.replace(number, lines)
    seconds = round(time.monotonic() - start, 1)
    folder.write_state(**state | {"reader": {**reader.ledger.as_json(prices), "seconds": seconds}})


def _chosen(folder: RunFolder, reader: Reader, plan: Plan) -> Iterator[Record]:
    """The records that are read."""
    records = (record for number in folder.parts() for record in _kept(folder, number, reader.cache))
    return (record for place, record in enumerate(records) if place in plan.chosen)


def recording_of(run: Path) -> Iterator[Recorded]:
    """The answers in a run folder, as a recording. Raises SetupError where no language model has read it."""
    made = (read_state(Folder(run), (RUN,)) or {}).get("made", {}).get(READER) if (run / RUN).is_file() else None
    if not made or not (run / NAME).is_file():
        raise SetupError(f"{run}: no run folder that a language model has read")
    endpoint = Endpoint(made["url"], made["model"], max_tokens=made["max_tokens"])
    with Cache(run / NAME) as cache:
        for line in cache.offline_lines():
            record = Record.model_validate_json(line)
            for prompt in prompts_of(record):
                reply = cache.get(endpoint, prompt)
                if reply and not reply.broken:
                    answer, _ = prompt.parse(reply.content)
                    yield recorded(record, prompt, answer, endpoint.model, (reply.tokens_in, reply.tokens_out))


def _kept(folder: RunFolder, number: int, cache: Cache) -> Iterator[Record]:
    """The records of a part as they were before any reading; they are kept from now on.

    Raises SetupError where a record has been read, and another cache holds what it was before.
    """
    made = json.dumps({name: value for name, value in folder.made.items() if name != READER}, sort_keys=True)
    for record in folder.records(number):
        article = digest(made + record.article.model_dump_json())
        line = cache.offline(article)
        if line is None:
            if any(one.method.startswith(LLM) for one in record.commitments):
                raise SetupError(
                    f"{folder.where}: its records have been read, and the cache of answers does not hold them as they "
                    "were before; name the file of that run with --llm-cache, or another folder"
                )
            cache.keep_offline(article, record.to_json())
        yield record if line is None else Record.model_validate_json(line)
