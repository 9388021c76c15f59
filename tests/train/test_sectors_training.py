"""Training the sector model: the same bytes twice, a card that says what was done, errors that say what is wrong."""

import json
from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.stages.models.sectors import read_model
from pipeline.train.sectors import FILES, read_rows, train_sectors
from pipeline.values.codes import words

KINDS = {
    "120": "China sends doctors and builds a hospital ward in district {n}",
    "210": "Loan for a road and two bridges to town {n}",
    "230": "Turbines for the power station of province {n}",
    "310": "Seeds and tractors for farmers of county {n}",
}
NAMES = {
    "Health": "A clinic for patients {n}",
    "Railways": "Track and trains {n}",
    "Fisheries": "Boats for fishermen {n}",
}


def write_data(folder: Path, size: int = 40) -> Path:
    folder.mkdir()
    gcof = [
        {"project_id": n * 10 + k, "crs_sector_code": int(code), "title": text.format(n=n), "description": text}
        for k, (code, text) in enumerate(KINDS.items())
        for n in range(size)
    ]
    rice = {"crs5": ["31120", "91010"], "title": "Rice seeds", "long_description": "for farmers"}
    activities = [{"aiddata_id": str(n), **rice} for n in range(size)]
    bank = [
        {"id": f"P{n}{name}", "project_name": text.format(n=n), "pdo": None, "sector1": name}
        for name, text in NAMES.items()
        for n in range(size)
    ]
    for name, rows in zip(FILES, (gcof, activities, bank), strict=True):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_the_same_data_gives_the_same_bytes_whatever_their_order_and_a_card(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data")
    train_sectors(data, tmp_path / "one")
    turned = write_data(tmp_path / "turned")
    for name in FILES:
        lines = (data / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (turned / name).write_text("".join(reversed(lines)), encoding="utf-8")
    train_sectors(data, tmp_path / "two")
    train_sectors(turned, tmp_path / "three")
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()
        if file.name != "card.json":  # which holds the digests of the data
            assert file.read_bytes() == (tmp_path / "three" / file.name).read_bytes()
    card = json.loads((tmp_path / "one" / "card.json").read_text(encoding="utf-8"))
    assert sum(card["rows"].values()) == 40 * (len(KINDS) + 1 + len(NAMES))
    assert card["scores"]["micro_f1_two_level"] > 0.9
    assert card["cut"]["threshold"] > 0
    model = read_model(tmp_path / "one")
    assert card["codes"][int(model.probabilities([words("a bridge and a road")]).argmax())] == "210"


def test_alternatives_are_kept_and_codes_that_say_nothing_left_out(tmp_path: Path) -> None:
    by_key = {row.key: row for row in read_rows(write_data(tmp_path / "data"))}
    assert by_key["gcof:000003"].sectors == (("311", "312", "313"),)
    assert by_key["activity:0"].sectors == (("311",),)
    assert by_key["worldbank:P0Fisheries"].sectors == (("313",),)


@pytest.mark.parametrize(
    ("line", "reason"), [("{", "not a JSON object"), ('{"project_id": 7}', "lacks crs_sector_code")]
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    data = write_data(tmp_path / "data", size=1)
    (data / FILES[0]).write_text("\n" + line + "\n", encoding="utf-8")
    with pytest.raises(SetupError, match=f"{FILES[0]}:2: .*{reason}"):
        read_rows(data)


def test_too_little_data_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="too few rows"):
        train_sectors(write_data(tmp_path / "data", size=1), tmp_path / "out")
