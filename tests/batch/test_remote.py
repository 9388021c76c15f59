"""Articles read from an object store, records written to one: really, against an S3 server on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch.test_run import MADE, Engine, articles, go, long, records

from pipeline.batch.folder import RunFolder
from pipeline.errors import ArticleError, SetupError
from pipeline.readers import ReadOptions, read

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
    assert len(list(read(["s3://news/a"]))) == 4
    assert len(list(read(["s3://news/a/*.jsonl"], ReadOptions()))) == 3
    assert len(list(read(["s3://news/b/x.parquet", "s3://news/a/one.jsonl"]))) == 6


def test_what_is_not_there_is_named(store: Any) -> None:
    with pytest.raises(SetupError, match="s3://news/nowhere: nothing to read there"):
        list(read(["s3://news/nowhere"]))
    store.pipe_file("news/c/one.txt", b"A loan was signed.")
    found = list(read(["s3://elsewhere/x.txt", "s3://news/c"]))
    assert isinstance(found[0], ArticleError)
    assert len(found) == 2


@pytest.mark.parametrize("name", ["https://example.org/news.html", "ftp://example.org/x.txt"])
def test_pages_of_the_web_are_not_fetched(name: str) -> None:
    with pytest.raises(SetupError, match="is not read; fetch the file first"):
        list(read([name]))


@pytest.mark.parametrize(("last", "form"), [(0, "jsonl"), (4, "jsonl"), (6, "jsonl"), (6, "parquet"), (9, "parquet")])
def test_a_run_on_a_store_is_resumed_to_the_same_bytes(
    store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int, form: str
) -> None:
    monkeypatch.setattr("pipeline.batch.parts.PART", 4)
    items = articles(*(long(word) for word in "abcdefg"), long("a"), "bad", long("hij"), f"x {long('b')}", long("k"))
    made = {**MADE, "to": form}
    go(tmp_path / "whole", items, Engine(), made=made)
    where = f"s3://news/run-{last}-{form}/"
    with pytest.raises(KeyboardInterrupt):
        go(where, items, Engine(last), made=made)
    second = Engine()
    counts, changed = go(where, items, second, resume=True, made=made)
    assert (sum(counts.values()), changed) == (12, [])
    assert len(second.seen) == 11 - max(read for read in (0, 4, 7) if read <= last)
    parts = sorted(store.glob(f"{where}records-*.{form}"))
    assert b"".join(store.cat_file(path) for path in parts) == records(tmp_path / "whole")
    assert json.loads(store.cat_file(f"{where}run.json"))["state"] == "finished"
    with pytest.raises(SetupError, match="holds a run already"):
        RunFolder(where, made, resume=False)
