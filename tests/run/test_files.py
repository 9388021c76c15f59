"""What is written is on the disk before anything counts on it, in the order that a power cut asks for."""

import os
from pathlib import Path
from typing import Any

import pytest

from pipeline.run.files import Folder

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells files by /proc")


def test_a_file_reaches_the_disk_before_its_name_and_the_folder_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def forced(descriptor: int) -> None:
        steps.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def renamed(path: Path, target: Any) -> Path:
        steps.append(f"{path.name} to {Path(target).name}")
        return replace(path, target)

    folder = Folder(tmp_path / "run")
    folder.lock()
    monkeypatch.setattr(os, "fsync", forced)
    monkeypatch.setattr(Path, "replace", renamed)
    folder.write("records", b"a\n")
    assert steps == [".records.part", ".records.part to records", "run"]
    assert folder.names() == ["records"]
