"""Whatever a file says, its reader opens that file and nothing else: no link, no connection, no program, no pickle."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from fuzz.strategies import MONSTERS
from pyarrow.parquet import write_table

ROOT = Path(__file__).resolve().parents[2]
PARAGRAPH = "<p>The ministry said on Monday that it had signed a loan of $50 million for the northern line.</p>" * 4
LEADS = """
<base href="file:///etc/"><meta http-equiv="refresh" content="0; url=http://127.0.0.1:9/">
<link rel="stylesheet" href="http://127.0.0.1:9/a.css"><link rel="canonical" href="file:///etc/passwd">
<script src="http://127.0.0.1:9/a.js"></script>
"""
INSIDE = """
<iframe src="file:///etc/passwd"></iframe><img src="http://127.0.0.1:9/a.png"><object data="/etc/passwd"></object>
<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>
"""
XHTML = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://127.0.0.1:9/xhtml1-strict.dtd">'


class Bomb:
    """Unpickled, it would run a program."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("exit 1",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All that the generated inputs begin with, pages that point elsewhere, and a pickle as text."""
    for kind, contents in MONSTERS.items():
        for number, content in enumerate(contents):
            (tmp_path / f"{number:02}{kind}").write_bytes(content)
    for number, start in enumerate(("", XHTML)):
        page = f"{start}<html><head>{LEADS}</head><body><article>{PARAGRAPH}{INSIDE}</article></body></html>"
        (tmp_path / f"leads{number}.html").write_text(page)
    (tmp_path / "address.jsonl").write_text('{"text": "http://127.0.0.1:9/news", "url": "file:///etc/passwd"}\n')
    (tmp_path / "passwd.txt").symlink_to("/etc/passwd")
    write_table(pa.table({"text": [pickle.dumps(Bomb()), b"x"]}), tmp_path / "pickle.parquet")
    return tmp_path


def test_a_reader_opens_what_it_was_given_and_nothing_else(folder: Path) -> None:
    program = Path(__file__).with_name("watched.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        [sys.executable, program, folder], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    found = json.loads(told.stdout)
    given = sorted(str(path.resolve()) for path in folder.iterdir() if not path.is_symlink())
    assert found["foreign"] == []
    assert sorted(path for path in found["opened"] if Path(path).is_file()) == given
    assert found["articles"] >= 8 and found["errors"] >= 8
