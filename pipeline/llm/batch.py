"""Batches: the calls of a run as files that an endpoint answers within a day, at half the price.

The files have OpenAI's batch form, which `vllm run-batch` reads too. Answers go into the cache, from which the reader
then reads as if it had asked. What is submitted stands in the cache too, so that a run that was killed goes on with it.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import batched
from pathlib import Path
from typing import Any, Literal

import openai

from pipeline.errors import SetupError, number_of
from pipeline.llm.ask import TRIES, Asker, fault_of
from pipeline.llm.client import BYTES, MORE, PATH, Session
from pipeline.llm.endpoint import Failure, Reply, key_of
from pipeline.llm.ledger import Cost
from pipeline.llm.prompt import Request, tokens_of
from pipeline.record import digest

Way = Literal["wait", "return", "files"]
Requests = Callable[[], Iterable[Request]]
Rows = dict[str, dict[str, Any]]  # of results, by the keys of requests
PER_FILE = 1_500  # requests, of at most 100 MB
ADDRESS: Any = f"/v1{PATH}"
ENDED = ("completed", "expired", "failed", "cancelled")
IDLE = 2  # rounds in a row without a usable answer, after which no more is asked
WAITS = (2.0, 60.0)  # seconds between two looks at a batch: the first wait, and the longest
OURS = "corridor"  # in the metadata of a batch: the digest of its file
LATER = "collect the answers with --resume"


class Batches:
    """Asks for an asker. `folder`: of the files; `way`: wait for the answers, return, or only write the files."""

    def __init__(self, asker: Asker, folder: Path, way: Way, say: Callable[[str], None]) -> None:
        self._asker, self._folder, self._way, self._say = asker, folder, way, say
        self._session = Session(asker.endpoint)
        self._is_new = way != "files"  # whether it is not known yet what the endpoint takes

    def fill(self, requests: Requests) -> bool:
        """Whether all answers that can be had are in the cache; else some come later."""
        try:
            return self._fill(requests)
        except openai.OpenAIError as error:
            self._asker.ledger.stopped = f"{self._session.shown(error)}; {LATER}"
            return False
        except OSError as error:
            raise SetupError(f"{self._folder}: cannot be written ({error})") from error
        finally:
            self._session.close()

    def _fill(self, requests: Requests) -> bool:
        cache, idle = self._asker.cache, 0
        while True:
            rows, ended = self._results()
            usable = sum(self._keep(request, rows) for request in requests()) if rows else 0
            for name, batch in ended.items():
                cache.note_batch(name, batch, collected=True)
            idle = 0 if usable else idle + bool(ended)
            left = 0 if cache.open_batches() else self._write(requests())
            if self._asker.ledger.stopped or not (left or cache.open_batches()):
                return not self._asker.ledger.stopped
            if idle == IDLE:
                self._asker.ledger.stopped = f"{number_of(left, 'request')} got no usable answer in {IDLE} batches"
                return True
            if self._way == "files":
                self._say(f"answer {self._folder}/requests-*.jsonl into results-*.jsonl beside them, then --resume")
                return False
            self._submit()
            if self._way == "return":
                self._say(f"{number_of(len(cache.open_batches()), 'batch', 'batches')} on the way; {LATER}")
                return False

    def _write(self, requests: Iterable[Request]) -> int:
        """Writes the requests without an answer that the budget admits into files, and says how many there are."""
        for old in self._folder.glob("requests-*.jsonl"):
            old.unlink()
        count = 0
        for number, lines in enumerate(batched(self._lines(requests), PER_FILE), 1):
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"requests-{number}.jsonl").write_text("".join(lines), encoding="utf-8")
            count += len(lines)
            if self._way != "files":
                self._asker.cache.note_batch(self._name("".join(lines)), "")
        return count

    def _lines(self, requests: Iterable[Request]) -> Iterator[str]:
        endpoint, spent = self._asker.endpoint, Cost()
        for request in requests:
            known, most = self._known(request), Cost(1, tokens_of(request), endpoint.max_tokens)
            if known is None and not self._asker.budget.admits(spent + most):
                continue
            known = self._probe(request) if known is None and self._is_new else known
            if self._asker.ledger.stopped:
                return
            spent += Cost(known.calls, known.tokens_in, known.tokens_out) if known else most
            if known is None:
                row = {"custom_id": key_of(endpoint, request), "method": "POST", "url": ADDRESS}
                yield json.dumps(row | {"body": self._session.body_of(request)}, ensure_ascii=False) + "\n"

    def _known(self, request: Request) -> Reply | None:
        """The answer in the cache, unless it is broken and may be asked for again."""
        known = self._asker.cache.get(self._asker.endpoint, request)
        return None if known and known.broken and known.calls < TRIES else known

    def _probe(self, request: Request) -> Reply | None:
        """Asks for the first answer directly: it shows what the endpoint is, and which parameters it takes."""
        self._is_new, ledger = False, self._asker.ledger
        reply = self._session.send(request).result()
        if isinstance(reply, Failure):
            ledger.stopped = reply.reason if reply.fatal or reply.gone else None
            return None
        ledger.count(reply.tokens_in, reply.tokens_out, reply.estimated)
        self._asker.cache.put(self._asker.endpoint, request, replace(reply, broken=fault_of(request, reply) or None))
        return self._known(request)

    def _submit(self) -> None:
        """Submits the files; what was submitted when an earlier run was killed is found by its digest."""
        client, cache = self._session.files, self._asker.cache
        paths = {self._name(path.read_text(encoding="utf-8")): path for path in self._folder.glob("requests-*.jsonl")}
        for name in (name for name, batch in cache.open_batches().items() if not batch):
            before = (one.id for one in client.batches.list(limit=100) if (one.metadata or {}).get(OURS) == name)
            batch = next(before, "")
            if not batch and name in paths:
                file = client.files.create(file=paths[name], purpose="batch").id
                made = client.batches.create(
                    input_file_id=file, endpoint=ADDRESS, completion_window="24h", metadata={OURS: name}
                )
                batch = made.id
            cache.note_batch(name, batch, collected=not batch)
            if name in paths:
                paths[name].unlink()

    def _name(self, text: str) -> str:
        """A digest of a file; another one where the same requests go into a later batch."""
        return digest(f"{self._asker.cache.ended_batches()}\n{text}")

    def _results(self) -> tuple[Rows, dict[str, str]]:
        """The rows of results, and the batches that have ended; waits for one where that is wanted."""
        if self._way == "files":
            found = (_rows(path.read_bytes()) for path in sorted(self._folder.glob("results-*.jsonl")))
            return {key: row for rows in found for key, row in rows}, {}
        client, (wait, longest) = self._session.files, WAITS
        while own := {name: batch for name, batch in self._asker.cache.open_batches().items() if batch}:
            states = {name: client.batches.retrieve(batch) for name, batch in own.items()}
            ended = {name: state for name, state in states.items() if state.status in ENDED}
            if ended or self._way == "return":
                files = [file for one in ended.values() for file in (one.output_file_id, one.error_file_id) if file]
                rows = {key: row for file in files for key, row in _rows(self._content(file))}
                return rows, {name: one.id for name, one in ended.items()}
            time.sleep(wait)
            wait = min(2 * wait, longest)
        return {}, {}

    def _content(self, file: str) -> bytes:
        """The bytes of a file at the endpoint; no more than the longest answers take."""
        data, most = bytearray(), PER_FILE * (MORE + BYTES * self._asker.endpoint.max_tokens) // 4
        with self._session.files.files.with_streaming_response.content(file) as response:
            for piece in response.iter_bytes():
                data += piece
                if len(data) > most:
                    raise openai.OpenAIError(f"a file of results of more than {most:,} bytes")
        return bytes(data)

    def _keep(self, request: Request, rows: Rows) -> bool:
        """Puts the answer to a request into the cache; whether it is usable. A broken one is asked for once more."""
        cache, endpoint, ledger = self._asker.cache, self._asker.endpoint, self._asker.ledger
        row = rows.get(key_of(endpoint, request))
        if row is None or self._known(request):
            return False
        try:
            reply = self._reply(request, row)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            ledger.set_aside[str(error) if type(error) is ValueError else "a row of a batch of another form"] += 1
            return False
        ledger.count(reply.tokens_in, reply.tokens_out, reply.estimated, batch=True)
        broken, before = fault_of(request, reply) or None, cache.get(endpoint, request)
        if before:
            tokens = before.tokens_in + reply.tokens_in, before.tokens_out + reply.tokens_out
            reply = replace(reply, calls=before.calls + 1, tokens_in=tokens[0], tokens_out=tokens[1])
        cache.put(endpoint, request, replace(reply, broken=broken))
        ledger.asked_again += bool(broken and reply.calls < TRIES)
        return broken is None

    def _reply(self, request: Request, row: dict[str, Any]) -> Reply:
        """The answer in a row. Raises ValueError where it says an error, others where it has another form."""
        response = row.get("response") or {}
        if row.get("error") or response.get("status_code", 200) != 200:
            error = row.get("error") or response["body"].get("error") or response["status_code"]
            said = error.get("code") or error.get("message") if isinstance(error, dict) else error
            raise ValueError(f"in a batch: {' '.join(str(said).split())[:100]}")
        return self._session.reply_of(response["body"], request)


def _rows(data: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a file of results with their keys; a line that is none is left out."""
    for line in data.decode("utf-8", "replace").splitlines():
        try:
            row = json.loads(line)
            yield str(row["custom_id"]), dict(row)
        except (ValueError, LookupError, TypeError):
            continue
