"""Articles read from an object store, records written to one: really, against an S3 server on this machine."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from run.engine import MADE, Engine, Read, articles, go, long, records, resumed

from pipeline.errors import ArticleError, SetupError
from pipeline.run.folder import RunFolder
from pipeline.run.lease import NAME, Lease
from pipeline.run.verify import verify
from pipeline.sources import read

s3fs = pytest.importorskip("s3fs", reason="an extra: pip install 'corridor[remote]'")
server = pytest.importorskip("moto.server", reason="moto serves S3 on this machine")


@pytest.fixture(scope="module")
def store() -> Iterator[Any]:
    """An empty S3 with a bucket; nothing leaves this machine."""
    served = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    served.start()
    host, port = served.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3fs.S3FileSystem.clear_instance_cache()
        files = s3fs.S3FileSystem()
        with suppress(FileExistsError):  # a slow request was sent twice
            files.mkdir("news")
        yield files
        s3fs.S3FileSystem.clear_instance_cache()
    served.stop()


def test_files_of_a_store_are_read(store: Any, tmp_path: Path) -> None:
    rows = [{"id": f"n{n}", "text": f"Japan lent Kenya ${n} million."} for n in range(3)]
    store.pipe_file("news/a/one.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
    store.pipe_file("news/a/two.txt", b"A loan was signed.")
    store.pipe_file("news/a/three.log", b"not read")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet")
    store.put_file(str(tmp_path / "x.parquet"), "news/b/x.parquet")
    for names, count in ((["a"], 4), (["a/*.jsonl"], 3), (["b/x.parquet", "a/one.jsonl"], 6)):
        assert len(list(read([f"s3://news/{name}" for name in names]))) == count
    missing, *rest = read(["s3://elsewhere/x.txt", "s3://news/a"])
    assert isinstance(missing, ArticleError)
    assert len(rest) == 4
    for name, message in (
        ("s3://news/nowhere", "s3://news/nowhere: holds nothing that Corridor reads"),
        ("https://example.org/news.html", "is not read; download the file first"),
        ("ftp://example.org/x.txt", "is not read; download the file first"),
    ):
        with pytest.raises(SetupError, match=message):
            list(read([name]))


@pytest.mark.parametrize(("last", "form"), [(0, "jsonl"), (6, "jsonl"), (6, "parquet")])
def test_a_run_on_a_store_is_resumed_to_the_same_bytes(store: Any, tmp_path: Path, last: int, form: str) -> None:
    items = articles(*(long(word) for word in "abcdefg"), long("a"), "bad", long("hij"), f"x {long('b')}", long("k"))
    made = {**MADE, "to": form}
    go(tmp_path / "whole", items, Engine(), made=made)
    where = f"s3://news/run-{last}-{form}/"
    with pytest.raises(KeyboardInterrupt):
        go(where, items, Engine(last), made=made)
    counts, seen, changed = resumed(where, items, made=made)
    assert (sum(counts.values()), changed) == (12, [])
    assert len(seen) == 11 - max(read for read in (0, 4, 7) if read <= last)
    parts = sorted(store.glob(f"{where}records-*.{form}"))
    assert b"".join(store.cat_file(path) for path in parts) == records(tmp_path / "whole")
    assert json.loads(store.cat_file(f"{where}run.json"))["state"] == "finished"
    with pytest.raises(SetupError, match="already holds a run"):
        RunFolder(where, made, resume=False)


def leased(store: Any, name: str, seconds: float) -> str:
    """The address of a run whose lease another process holds."""
    lease = {"owner": "elsewhere:7:x", "until": time.time() + seconds}
    store.pipe_file(f"news/{name}/{NAME}", json.dumps(lease).encode())
    return f"s3://news/{name}/"


def test_two_runs_at_once_on_a_store_are_refused(store: Any) -> None:
    first = RunFolder("s3://news/two/", MADE, resume=False)
    for resume in (False, True):
        with pytest.raises(SetupError, match=r"another `corridor extract` is writing there .* ends in \d\d seconds"):
            RunFolder("s3://news/two/", MADE, resume)
    with pytest.raises(SetupError, match="another `corridor extract` is writing there"):
        list(verify("s3://news/two/"))
    first.close()
    assert not store.exists(f"news/two/{NAME}")
    RunFolder("s3://news/two/", MADE, resume=True).close()


def test_a_lease_that_has_ended_is_taken_over_and_no_other(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.run.lease.SETTLE", 0.01)
    with pytest.raises(SetupError, match="elsewhere:7"):
        RunFolder(leased(store, "held", 30), MADE, resume=False)
    assert json.loads(store.cat_file(f"news/held/{NAME}"))["owner"] == "elsewhere:7:x"
    taken = RunFolder(leased(store, "ended", -1), MADE, resume=False)
    assert json.loads(store.cat_file(f"news/ended/{NAME}"))["owner"] != "elsewhere:7:x"
    taken.close()
    store.pipe_file(f"news/odd/{NAME}", b"mine")
    with pytest.raises(SetupError, match=r"lock\.json is no lease; delete it if no run is writing there"):
        RunFolder("s3://news/odd/", MADE, resume=False)


def test_a_store_that_knows_no_conditional_write_is_written_by_one_all_the_same(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.run.lease.SETTLE", 0.01)
    pipe = s3fs.S3FileSystem.pipe_file

    def plain(self: Any, path: str, data: bytes, mode: str = "overwrite") -> Any:
        if mode == "create":
            raise OSError(38, "not implemented")
        return pipe(self, path, data)

    monkeypatch.setattr(s3fs.S3FileSystem, "pipe_file", plain)
    first = RunFolder("s3://news/plain/", MADE, resume=False)
    with pytest.raises(SetupError, match="another `corridor extract` is writing there"):
        RunFolder("s3://news/plain/", MADE, resume=False)
    first.close()


def test_a_lease_is_renewed_as_long_as_it_is_held(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def until() -> float:
        return float(json.loads(store.cat_file(f"news/kept/{NAME}"))["until"])

    monkeypatch.setattr("pipeline.run.lease.SECONDS", 0.3)
    lease = Lease(store, "news/kept", "s3://news/kept/")
    first, end = until(), time.monotonic() + 60
    while until() == first:
        assert time.monotonic() < end
        time.sleep(0.05)
    lease.close()
    assert not store.exists(f"news/kept/{NAME}")


def test_a_lease_that_was_lost_ends_the_run_before_it_writes(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    check, lease = Lease.check, Lease(store, "news/lost", "s3://news/lost/")
    lease.renew()
    lease.check()
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.run.lease.SECONDS", -1.0)  # as if the store could not be reached for a minute
        lease.renew()
    with pytest.raises(SetupError, match=r"the lease \(lock\.json\) was lost"):
        lease.check()
    lease.close()
    folder = RunFolder("s3://news/lost/", MADE, resume=False)
    folder.start()
    before = store.find("news/lost")
    monkeypatch.setattr(Lease, "check", lambda self: self.renew() or check(self))
    leased(store, "lost", 30)
    with pytest.raises(SetupError, match=r"the lease \(lock\.json\) was lost"):
        folder.write_failures()
    folder.close()
    assert store.find("news/lost") == before
    assert json.loads(store.cat_file(f"news/lost/{NAME}"))["owner"] == "elsewhere:7:x"


@pytest.fixture(scope="module")
def finished(store: Any) -> tuple[str, list[Read]]:
    """A whole run on the store, and its articles."""
    items = articles(*(long(word) for word in "abcdefghij"), "bad")
    go("s3://news/mend/", items, Engine())
    assert list(verify("s3://news/mend/")) == []
    return "s3://news/mend/", items


@pytest.mark.parametrize(
    ("name", "end", "finding"),
    [
        ("records-00001.jsonl", -30, "records-00001.jsonl: line 4: not a record"),
        ("manifest-00001.jsonl", -30, "manifest-00001.jsonl: is damaged"),
        ("run.json", 0, "run.json: is damaged"),
    ],
)
def test_damage_on_a_store_is_found_and_mended(
    store: Any, finished: tuple[str, list[Read]], name: str, end: int, finding: str
) -> None:
    where, items = finished
    whole = store.cat_file(where + name)
    store.pipe_file(where + name, whole[:end])
    assert finding in "\n".join(map(str, verify(where)))
    with pytest.raises(SetupError, match="3 finished articles are not in this input"):
        resumed(where, items[:7])
    resumed(where, items)
    assert list(verify(where)) == []
    assert name != "records-00001.jsonl" or store.cat_file(where + name) == whole
