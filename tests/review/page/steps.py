"""A reviewer's desk: the short article of `annotate/people.py` as a record, and what can be done with it."""

import json
from pathlib import Path
from typing import Any

from review.formats.people import ROW, TEXT, gold
from starlette.testclient import TestClient

from pipeline.gold.importer import guide_record
from pipeline.record import Mention, Record
from pipeline.review.edits.operations import edited
from pipeline.review.edits.working import State
from pipeline.review.page.app import Access, app
from pipeline.review.page.store import Store

Json = dict[str, Any]
HERE = "http://127.0.0.1:8000"
EDITS = "/api/articles/sure/edits"
TOKEN = "s3cret"
LOCAL_ONLY = Access(TOKEN, "corridor-1")
ACCEPT: Json = {"do": "accept", "id": "m1"}
DROP: Json = {"do": "remove", "id": "m8"}
FINISH: Json = {"do": "finish", "finished": True}
REOPEN: Json = {"do": "finish", "finished": False}


def record(**told: Any) -> Record:
    """The article with other parts; "Monday" has its day, m1 to m8 are in reading order."""
    return guide_record("laos-1", ROW | told, gold())


def named(name: str, confidence: float = 1.0) -> Record:
    """The same article under another id, as sure as is told."""
    found = record(id=name)
    parts = [part.model_copy(update={"confidence": confidence}) for part in found.mentions]
    commitments = [part.model_copy(update={"confidence": confidence}) for part in found.commitments]
    return found.model_copy(update={"mentions": parts, "commitments": commitments})


def place(words: str) -> Json:
    """Where words first stand in the text."""
    return {"start": TEXT.index(words), "end": TEXT.index(words) + len(words)}


def slot(name: str, slot: str, words: str) -> str:
    at = place(words)
    return f"{name} {slot} {at['start']}:{at['end']}"


def mention(found: Record, words: str) -> Mention:
    (one,) = [m for m in found.mentions if m.text == words]
    return one


def do(*edits: Json) -> State:
    """The state after some edits."""
    state = State(record())
    for edit in edits:
        state = edited(state, edit)
    return state


def write_records(path: Path, *found: Record) -> Path:
    path.write_text("".join(one.to_json() + "\n" for one in found), encoding="utf-8")
    return path


def raw(folder: Path, name: str, part: str = "gold") -> Json:
    return json.loads((folder / part / f"{name}.json").read_text(encoding="utf-8"))


def mentions(found: Json) -> list[list[Any]]:
    """The mentions of a record in JSON, as the guide writes them."""
    return [[one["sentence"], one["label"], one["text"]] for one in found["mentions"]]


def decide(store: Store, name: str, *decisions: Json) -> Json:
    body = store.article(name)
    for decision in decisions:
        body = store.decide(name, body["version"], decision)
    return body


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"review/lock"}


def ids(store: Store, state: str | None = None) -> list[str]:
    return [told["id"] for told in store.queue(state, 50, 0)["articles"]]


def client_of(store: Store, door: Access = LOCAL_ONLY, base: str = HERE) -> TestClient:
    """A client that was let in already."""
    cookies = {door.cookie: door.token}
    return TestClient(app(store, door), base, raise_server_exceptions=False, follow_redirects=False, cookies=cookies)
