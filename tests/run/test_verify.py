"""Every kind of damage that a run folder can take: `verify` finds it, and `--resume` makes the run whole again."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from run.engine import MADE, Engine, Read, articles, files, go, long, resumed

from pipeline.errors import ArticleError, SetupError
from pipeline.records import FAILED, MANIFEST, RUN, read
from pipeline.run.folder import RunFolder
from pipeline.run.verify import verify

Damage = Callable[[Path], object]
PART, SIDE = "records-00001.jsonl", "manifest-00001.jsonl"
ITEMS: list[Read] = [*articles(*(long(word) for word in "abcdefghi"), "bad", long("a")), ArticleError("x", "is empty")]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, which `run` copies."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    go(folder, ITEMS, Engine())
    return folder


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def findings(run: Path | str) -> list[str]:
    return [str(finding) for finding in verify(str(run))]


def dump(path: Path) -> list[tuple[object, ...]]:
    """The rows of a manifest."""
    with closing(sqlite3.connect(path)) as rows:
        tables = ("articles", "parts", "heads", "bands")
        return [row for table in tables for row in rows.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]


def lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def edit(name: str, change: Callable[[bytes], bytes]) -> Damage:
    """Changes the bytes of a file."""

    def damage(run: Path) -> None:
        data = (run / name).read_bytes()
        assert change(data) != data
        (run / name).write_bytes(change(data))

    return damage


def overwrite(name: str, at: int, size: int) -> Damage:
    return edit(name, lambda data: data[:at] + b"#" * size + data[at + size :])


def replace(name: str, old: bytes, new: bytes) -> Damage:
    return edit(name, lambda data: data.replace(old, new, 1))


def gone(pattern: str) -> Damage:
    return lambda run: [path.unlink() for path in run.glob(pattern)]


def copied(name: str, other: str) -> Damage:
    return lambda run: (run / other).write_bytes((run / name).read_bytes())


def sql(command: str) -> Damage:
    """Changes the manifest in a way that leaves it a sound database."""

    def damage(run: Path) -> None:
        with closing(sqlite3.connect(run / MANIFEST)) as database, database as rows:
            assert rows.execute(command).rowcount > 0

    return damage


TORN = f"{MANIFEST}: is missing or damaged"
OTHER_ROWS = f"{MANIFEST}: its rows are not those that were written; --resume repairs it"
NEW = "SELECT 50, 'new', sha256, story, 1, status, reason, ms, fingerprint FROM articles WHERE place = 5"
DAMAGE: dict[str, tuple[Damage, str]] = {
    "part emptied": (edit(PART, lambda _: b""), f"{PART}: holds 0 records, not 4"),
    "part halved": (edit(PART, lambda data: data[: len(data) // 2 + 9]), f"{PART}: line 3: not a record"),
    "part a line less": (edit(PART, lambda data: b"".join(lines(data)[:-1])), f"{PART}: holds 3 records, not 4"),
    "part without its first line": (edit(PART, lambda data: b"".join(lines(data)[1:])), f"{PART}: no record of a4"),
    "part with a record twice": (edit(PART, lambda data: data + lines(data)[0]), f"{PART}: holds a4 2 times"),
    "part in another order": (edit(PART, lambda data: b"".join(lines(data)[::-1])), f"{PART}: its records are in anot"),
    "part with 200 bytes overwritten": (overwrite(PART, 300, 200), f"{PART}: differs from what was written"),
    "part with a letter altered": (replace(PART, b"e30", b"x30"), f"{PART}: line 1: the text of a4 does not"),
    "part with a value altered": (replace(PART, b'"title":null', b'"title":"A"'), f"{PART}: line 1: a4 is not the art"),
    "part with a blank altered": (replace(PART, b"{", b"{ "), f"{PART}: differs from what was written"),
    "part with a record of another": (replace(PART, b'"id":"a5"', b'"id":"b5"'), "has no finished article b5"),
    "part with what is no record": (replace(PART, b'"sectors":', b'"sector":'), f"{PART}: line 1: not a record of"),
    "part missing": (gone(PART), f"{PART}: is missing"),
    "part too many": (copied(PART, "records-00007.jsonl"), "records-00007.jsonl: is not in the manifest"),
    "part of another form": (copied(PART, "records-00001.parquet"), "records-00001.parquet: is not in the manifest"),
    "run.json emptied": (edit(RUN, lambda _: b""), f"{RUN}: is damaged"),
    "run.json halved": (edit(RUN, lambda data: data[:20]), f"{RUN}: is damaged"),
    "run.json a list": (edit(RUN, lambda _: b"[]"), f"{RUN}: is damaged"),
    "run.json missing": (gone(RUN), f"{RUN}: is missing"),
    "run.json with other counts": (replace(RUN, b'"done": 9', b'"done": 8'), f"{RUN}: counts 12 articles"),
    "manifest missing": (gone(MANIFEST), TORN),
    "manifest emptied": (edit(MANIFEST, lambda _: b""), TORN),
    "manifest halved": (edit(MANIFEST, lambda data: data[: len(data) // 2]), TORN),
    "manifest overwritten": (overwrite(MANIFEST, 4096, 4096), TORN),
    "manifest a row less": (sql("DELETE FROM articles WHERE place = 5"), "has no finished article a5"),
    "manifest a row too many": (sql(f"INSERT INTO articles {NEW}"), f"{PART}: no record of new"),
    "manifest with an id twice": (sql("UPDATE articles SET id = 'a4' WHERE place = 5"), f"{MANIFEST}: holds a4"),
    "manifest with a state altered": (sql("UPDATE articles SET status = 'done' WHERE place = 9"), "no record of a9"),
    "manifest with a reason altered": (
        sql("UPDATE articles SET reason = 'none' WHERE place = 9"),
        "manifest-00002.jsonl: does not agree",
    ),
    "manifest with a signature altered": (sql("UPDATE heads SET shingles = 1 WHERE place = 3"), OTHER_ROWS),
    "manifest with a signature less": (sql("DELETE FROM bands WHERE place = 3"), OTHER_ROWS),
    "manifest of a part missing": (gone(SIDE), f"{SIDE}: is missing"),
    "manifest of a part halved": (edit(SIDE, lambda data: data[: len(data) // 2]), f"{SIDE}: is damaged"),
    "manifest of a part overwritten": (overwrite(SIDE, 700, 20), f"{SIDE}: is damaged"),
    "manifest of a part too many": (copied(SIDE, "manifest-00009.jsonl"), "manifest-00009.jsonl: is damaged, or of a"),
    "all of the manifest missing": (gone("manifest*"), TORN),
    "failed.jsonl missing": (gone(FAILED), f"{FAILED}: is missing"),
    "failed.jsonl out of date": (replace(FAILED, b"a9", b"a8"), f"{FAILED}: does not list what failed"),
}
STRANGER = "manifest a row too many"  # names an article that the input does not hold


def test_an_undisturbed_run_is_whole(run: Path) -> None:
    before = files(run)
    assert findings(run) == []
    assert files(run) == before


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found_and_mended(run: Path, kind: str) -> None:
    whole, rows = files(run), dump(run / MANIFEST)
    damage, finding = DAMAGE[kind]
    damage(run)
    before = files(run)
    said = findings(run)
    assert finding in "\n".join(said)
    assert all("--resume" in line for line in said)
    assert files(run) == before
    if kind == STRANGER:
        with pytest.raises(SetupError, match=r"1 finished article is not in this input.*: new"):
            resumed(run, ITEMS)
    with pytest.raises(SetupError, match="finished articles are not in this input"):
        resumed(run, ITEMS[:3])
    assert files(run) == before
    _, seen, _ = resumed(run, ITEMS, prune=kind == STRANGER)
    assert finding != OTHER_ROWS or seen == []
    now = files(run)
    assert {*now} == {*whole}
    exact = [name for name in whole if name.startswith("records-") or name == FAILED]
    assert {name: now[name] for name in exact} == {name: whole[name] for name in exact}
    assert dump(run / MANIFEST) == rows
    assert {**json.loads(now[RUN]), "seconds": 0} == {**json.loads(whole[RUN]), "seconds": 0}
    assert findings(run) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_bit_of_the_manifest_that_flips_is_found_or_changes_no_row(run: Path, seed: int) -> None:
    whole, rows = (run / MANIFEST).read_bytes(), dump(run / MANIFEST)
    spots, reported = Random(seed), 0
    written = [at for at, byte in enumerate(whole) if byte]  # most pages are nearly empty
    for at in [spots.choice(written) for _ in range(70)] + [spots.randrange(len(whole)) for _ in range(10)]:
        (run / MANIFEST).write_bytes(whole[:at] + bytes([whole[at] ^ 1 << spots.randrange(8)]) + whole[at + 1 :])
        if findings(run):
            reported += 1
        else:
            assert dump(run / MANIFEST) == rows, at
    assert reported > 20


ODD: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", [PART, SIDE, RUN, MANIFEST, FAILED])
def test_what_is_no_file_is_named_and_not_opened(run: Path, kind: str, name: str) -> None:
    (run / name).unlink()
    ODD[kind](run / name)
    assert [line for line in findings(run) if line.startswith(f"{name}: is no file")]
    with pytest.raises(SetupError, match=rf"{name}: is no file"):
        resumed(run, ITEMS)
    if name == PART:
        with pytest.raises(SetupError, match=rf"{name}: is no file"):
            list(read(str(run)))


def test_parts_of_parquet_are_checked_too(tmp_path: Path) -> None:
    made, run = {**MADE, "to": "parquet"}, tmp_path / "run"
    go(run, ITEMS, Engine(), made=made)
    assert findings(run) == []
    part = run / "records-00001.parquet"
    whole = part.read_bytes()
    for data in (b"", whole[:700], whole[:50] + b"#" + whole[51:]):
        part.write_bytes(data)
        assert [line for line in findings(run) if line.startswith(part.name)]
        resumed(run, ITEMS, made=made)
        assert part.read_bytes() == whole
        assert findings(run) == []


def test_a_manifest_that_was_cut_off_in_a_write_is_found_and_mended(run: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    with closing(sqlite3.connect(run / MANIFEST)) as rows:
        rows.execute("PRAGMA cache_size = 1")  # pages, so that what is not committed yet reaches the file
        for at in range(200):
            rows.execute("INSERT INTO articles VALUES (?, ?, '', NULL, 9, 'done', '', 0, '')", (100 + at, "x" * 900))
        shutil.copytree(run, cut)
    assert (cut / f"{MANIFEST}-journal").stat().st_size > 0
    assert findings(cut) == [f"{MANIFEST}: a write to it was interrupted; --resume repairs it"]
    assert resumed(cut, ITEMS)[1] == []
    assert findings(cut) == []


def test_what_is_no_run_or_is_not_finished_is_named(run: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "records.jsonl").touch()
    for name, message in (("nowhere", "nowhere"), ("letters", "letters"), ("records.jsonl", "a file; name a run fold")):
        with pytest.raises(SetupError, match=message):
            findings(tmp_path / name)
    with closing(RunFolder(str(run), MADE, resume=True)), pytest.raises(SetupError, match=r"another .* is writing to"):
        findings(run)
    assert findings(run) == []
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path / "cut", ITEMS, Engine(6))
    assert "run.json: the run is not finished; continue with --resume" in findings(tmp_path / "cut")
