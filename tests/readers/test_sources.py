"""Which files the inputs name, and what is said of inputs that name none."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.readers import read

Write = Callable[[str, str | bytes], Path]
Reading = Callable[..., tuple[list, list]]
FILES = ["b.txt", "a.md", "sub/c.TXT", "sub/deep/d.txt", "sub/.hidden.txt", ".git/e.txt", "sub/f.log", "x[1].txt"]


@pytest.fixture
def tree(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        write(name, f"The text of {name}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


CASES = [
    (["."], ["a.md", "b.txt", "sub/c.TXT", "sub/deep/d.txt", "x[1].txt"]),
    (["sub"], ["sub/c.TXT", "sub/deep/d.txt"]),
    (["b.txt", "a.md"], ["b.txt", "a.md"]),
    (["b.txt", ".", "./b.txt"], ["b.txt", "a.md", "sub/c.TXT", "sub/deep/d.txt", "x[1].txt"]),
    (["*.txt"], ["b.txt", "x[1].txt"]),
    (["x[1].txt"], ["x[1].txt"]),
    (["**/*.txt"], ["b.txt", "sub/deep/d.txt", "x[1].txt"]),
    (["sub/*"], ["sub/c.TXT", "sub/deep/d.txt"]),
    (["sub/**"], ["sub/c.TXT", "sub/deep/d.txt"]),
    (["sub/../[ab].*"], ["a.md", "b.txt"]),
    (["sub/.h*"], ["sub/.hidden.txt"]),
    (["sub/.hidden.txt"], ["sub/.hidden.txt"]),
]


@pytest.mark.parametrize(("inputs", "names"), CASES)
def test_inputs(tree: Path, reading: Reading, inputs: list[str], names: list[str]) -> None:
    articles, errors = reading(*inputs)
    assert ([article.text.removeprefix("The text of ") for article in articles], errors) == (names, [])


def test_an_absolute_glob(tree: Path, reading: Reading) -> None:
    assert len(reading(f"{tree}/s*/**/*.txt")[0]) == 1


def test_a_file_without_an_extension_is_text(write: Write, reading: Reading) -> None:
    assert reading(write("article", "A loan was signed."))[0][0].text == "A loan was signed."


USELESS = [
    ([], "no input"),
    (["missing.txt"], "missing.txt: does not exist"),
    (["*.html"], "*.html: matches nothing"),
    (["empty"], "empty: nothing to read in it"),
    (["named.txt"], "named.txt: nothing to read in it"),
    (["sub/f.log"], "sub/f.log: .log files are not read"),
    (["x" * 5_000], "cannot be read"),
    (["a\0b"], "a\0b"),
    (["missing.txt", "empty"], "missing.txt: does not exist\nempty: nothing"),
]


@pytest.mark.parametrize(("inputs", "reason"), USELESS, ids=range(len(USELESS)))
def test_nothing_to_read_at_all(tree: Path, reading: Reading, inputs: list[str], reason: str) -> None:
    (tree / "empty").mkdir()
    (tree / "named.txt").mkdir()
    with pytest.raises(SetupError) as caught:
        read(inputs)
    assert reason in str(caught.value)
    if inputs:  # beside one that can be read, the bad ones are told and it is unharmed
        articles, errors = reading(*inputs, "b.txt")
        assert len(articles) == 1 and len(errors) == len(inputs)


def test_links_do_not_go_round(tree: Path, reading: Reading) -> None:
    for name in ("loop", "sub/loop", "sub/again"):
        (tree / name).symlink_to(tree, target_is_directory=True)
    (tree / "self.txt").symlink_to("self.txt")
    (tree / "gone.txt").symlink_to("nowhere.txt")
    (tree / "same.txt").symlink_to("b.txt")
    assert len(reading(".")[0]) == 5
    assert len(reading("**/*.txt")[0]) == 3


def test_links_do_not_lead_out(tree: Path, reading: Reading) -> None:
    (tree / "sub" / "out.txt").symlink_to(tree / "b.txt")
    assert len(reading("sub")[0]) == 2
    assert reading("sub/out.txt")[0][0].text == "The text of b.txt"  # named outright


def test_pipes_in_a_folder_are_passed_over(tree: Path, reading: Reading) -> None:
    os.mkfifo(tree / "sub" / "pipe.txt")
    assert len(reading("sub")[0]) == 2
