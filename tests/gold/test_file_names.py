"""File names of ids: every id has one, no two share one, none leads out of the folder; older folders can be read."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SetupError
from pipeline.gold.folder import file_name, gold_file, read_gold

NAMES = [
    ("authored-001", "authored-001"),
    ("Kenya, port: a loan", "Kenya, port%3A a loan"),
    ("story%20one", "story%20one"),
    ("50% more", "50% more"),
    ("a/b", "a%2Fb"),
    ("a%2Fb", "a%252Fb"),
    ("../../x", "%2E.%2F..%2Fx"),
    ("..", "%2E."),
    (".hidden", "%2Ehidden"),
    ("\x00", "%00"),
    ("C:\\x", "C%3A%5Cx"),
    ("é", "é"),
    ("", "%~e3b0c44298fc1c149afbf4c8996fb924"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_an_id_as_a_name(name: str, expected: str) -> None:
    assert file_name(name) == expected


SIGNS = st.text("%/2F5~.aEDC37:\x00\ud800\n", max_size=8)


@given(SIGNS | st.text(), SIGNS | st.text())
def test_two_ids_have_two_names_that_any_folder_can_hold(one: str, other: str) -> None:
    for name in (one, one * 100):
        made = file_name(name)
        assert 0 < len(f".{made}.json.1234567.part".encode()) <= 255
        assert not set(made) & set("/\x00\\") and made not in (".", "..")
    assert (file_name(one) == file_name(other)) == (one == other)
    assert one == other or one == "" or other == "" or file_name(one * 200) != file_name(other * 200)


def write(folder: Path, *ids: str, bare: bool = False) -> Path:
    """A gold folder of empty articles, their files under the bare ids as they were once."""
    (folder / "gold").mkdir()
    nothing = {name: [] for name in ("mentions", "actors", "projects", "relations", "commitments", "sectors")}
    lines = [json.dumps({"id": name, "text": "", "sentences": []}) + "\n" for name in ids]
    (folder / "articles.jsonl").write_text("".join(lines), encoding="utf-8")
    for name in ids:
        path = folder / "gold" / f"{name}.json" if bare else gold_file(folder, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"id": name, **nothing}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("bare", [False, True])
def test_gold_is_found_under_either_name(tmp_path: Path, bare: bool) -> None:
    ids = ["plain", "a: b?", "50%25", "https%3A%2F%2Fx", "wire/one", '"quoted"']
    folder = write(tmp_path, *ids, bare=bare)
    assert [one.article.id for one in read_gold(folder)] == ids
    assert all(gold_file(folder, name).is_file() for name in ids)


def test_the_gold_of_one_id_is_not_that_of_another(tmp_path: Path) -> None:
    folder = write(tmp_path, "a/b", "a%2Fb")
    assert [one.article.id for one in read_gold(folder)] == ["a/b", "a%2Fb"]
    gold_file(folder, "a%2Fb").unlink()
    assert [one.article.id for one in read_gold(folder)] == ["a/b"]


@pytest.mark.parametrize("name", ["../secret", "{folder}/secret", "x/../../secret", "link: out"])
def test_nothing_outside_is_gold(tmp_path: Path, name: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "secret.json").write_text("{}")
    folder = tmp_path / "mine" / "deep"
    folder.mkdir()
    write(folder)
    (folder / "gold" / "link: out.json").symlink_to(tmp_path / "mine" / "secret.json")
    name = name.format(folder=tmp_path / "mine")
    (folder / "articles.jsonl").write_text(json.dumps({"id": name, "text": "", "sentences": []}) + "\n")
    with pytest.raises(SetupError, match="none of its articles has gold"):
        read_gold(folder)
    assert gold_file(folder, name).resolve().parent == (folder / "gold").resolve()
