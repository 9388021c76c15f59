"""Seeds: each file has a model, a wrong row is named by file, line and field, a user's own files join the shipped."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from spacy.language import Language

from pipeline import doctor, seeds
from pipeline.errors import SetupError
from pipeline.seeds import csv_rows, yaml_tables
from pipeline.settings import Settings

FOLDER = Settings().seeds
AT_IMPORT = {("pipeline.stages.models.encoder", "sectors.csv")}  # the columns of the encoder's weights


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """An empty folder for a user's seeds; whatever a test makes active is undone."""
    folder = tmp_path / "own"
    folder.mkdir()
    yield folder
    seeds.activate(())


BAD = [
    ("t.csv", "name,kind\nA,x\n", r": the header lacks the columns \['country'\]"),
    ("t.csv", "# note\nname,kind,country\nA,,FJI\n", r":3: kind: must not be empty"),
    ("t.csv", "name,kind,country\nA,x,FJI\n\nB,x\n", r":4: the row has not as many cells"),
    ("t.csv", "name,kind,country\nA,x,FJI,y\n", r":2: the row has not as many cells"),
    ("t.csv", 'name,kind,country\n"A,x,FJI\nB,x,FJI\n', r":3: not valid CSV"),
    ("t.csv", "name,kind,country\nA\xe9,x,FJI\n", r": not UTF-8"),
    ("institutions.csv", "name,kind,country\n# b\nA,banque,FJI\n",
     r":3: kind: 'banque' is not one of person, country, government, company, bank, "),
    ("institutions.csv", "name,kind,country\nA,bank,\nB,bank,FIJ\n", r":3: country: 'FIJ' is not a country"),
    ("institutions.csv", "name,kind,country\nA,bank,FJI\n,bank,FJI\n", r":3: name: must not be empty"),
    ("institutions.csv", "name,kind,country,aliases\nA,bank,FJI,B||C\n", r":2: aliases: 'B\|\|C' has an empty"),
    ("institutions.csv", "name,kind,country,aliases\nA,bank,FJI,B|C|B\n", r":2: aliases: .* has B twice"),
    ("institutions.csv", "name,kind,country\nA,bank,FJI\nB,bank,FJI\nA,company,FJI\n",
     r":4: name, country: the same as in line 2"),
    ("institutions.csv", "name,kind,country,note\nA,bank,FJI,n\n", r":2: note: is not a known field"),
    ("programmes.csv", "name,countries\nA,FJI|XYZ\n", r":2: countries: .* has 'XYZ', which is not a country"),
    ("cities.csv", "name,country,population\nSuva,FJI,9e4\n", r":2: population: '9e4' is not a whole number"),
    ("fiscal_years.csv", "country,first_month,named_by\nFJI,13,end\n", r":2: first_month: '13': .*12"),
    ("exchange_rates.csv", "currency,year,per_usd,source\nfjd,2020,2,WB\n", r":2: currency: 'fjd': "),
    ("exchange_rates.csv", "currency,year,per_usd,source\nFJD,2020,nan,WB\n", r":2: per_usd: 'nan': "),
    ("sectors_crs.csv", "crs,codes\n111,111\n", r":2: codes: '111' has '111', which is not a code of sectors"),
    ("statuses.csv",
     "status,kind,activity_status,aiddata_stage,recommended_for_aggregates,activity_date\nsigned,,1,Pipeline,no,1\n",
     r":2: status: 'signed' is not one of proposed, "),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), BAD)
def test_a_bad_row_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_bytes(content.encode("latin-1"))
    with pytest.raises(SetupError, match=f"{name}{message}"):
        seeds.rows(name, *(["name", "kind", "country"] if name == "t.csv" else []), folder=tmp_path)


BAD_TABLES = [
    ("sure: [loan, on]", "sure.1: True is not text; write it in quotes", 4),
    ("sure: [loan, 2025]", "sure.1: 2025 is not text", 4),
    ("sure: [loan, lorry, loan]", "sure: has loan twice", 4),
    ("sur: [loan]", "sur: is not a known field", 4),
    ("sure: loan", "sure: 'loan': Input should be a valid list", 4),
]


@pytest.mark.parametrize(("line", "message", "number"), BAD_TABLES)
def test_a_bad_entry_of_a_table_is_named(own: Path, line: str, message: str, number: int) -> None:
    (own / "sectors.yaml").write_text(f'# mine\nterms:\n  "210":\n    {line}\n', encoding="utf-8")
    with pytest.raises(SetupError, match=rf"sectors.yaml:{number}: terms.210.{message}"):
        seeds.activate((own,))
    assert seeds.active() == ()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("legal_forms.yaml", "form: [Pvt]\n", ":1: form: is not a known field"),
        ("legal_forms.yaml", "forms: {a: b}\n", ":1: forms: .*: Input should be a valid list"),
        ("entities.yaml", "phases:\n  words: [leg]\n  letters: [A]\n", ":3: phases.letters: is not a known field"),
        ("entities.yaml", "heads:\n  THING: {any: [leg]}\n", ":2: heads.THING: 'THING' is not one of PERSON, "),
        ("resolve.yaml", "join: 1.5\n", ":1: join: '1.5': .*less than or equal to 1"),
        ("sums.yaml", "window: 30.5\n", ":1: window: '30.5': Input should be a valid integer"),
        ("iati.yaml", "identifier_owners: {iati: [x]}\n", ":1: identifier_owners.iati: "),
    ],
)
def test_own_tables_have_the_keys_and_types_of_the_shipped(own: Path, name: str, text: str, message: str) -> None:
    (own / name).write_text(text, encoding="utf-8")
    with pytest.raises(SetupError, match=f"{name}{message}"):
        seeds.activate((own,))


def test_a_whole_table_has_all_keys(tmp_path: Path) -> None:
    (tmp_path / "legal_forms.yaml").write_text("forms: [Ltd]\nleading: [PT]\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"legal_forms.yaml:1: needed_by: is missing"):
        seeds.table("legal_forms.yaml", folder=tmp_path)


def test_a_key_stands_once(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("a: 1\nc: 2\na: 3\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"(?s)'a' stands twice.*line 3"):
        seeds.table("b.yaml", folder=tmp_path)


def test_up_to_five_faults_of_a_file_are_named(tmp_path: Path) -> None:
    rows = "".join(f"City {number},XYZ,1\n" for number in range(7))
    (tmp_path / "cities.csv").write_text(f"name,country,population\n{rows}", encoding="utf-8")
    with pytest.raises(SetupError) as caught:
        seeds.rows("cities.csv", folder=tmp_path)
    lines = str(caught.value).splitlines()
    assert [line.rpartition("cities.csv")[2].split(": ")[0] for line in lines] == [":2", ":3", ":4", ":5", ":6", ""]
    assert lines[-1].endswith("and 2 more")


def test_comments_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("\ufeff# c\nname\n\n Fiji \n", encoding="utf-8")
    assert seeds.rows("good.csv", "name", folder=tmp_path) == ({"name": "Fiji"},)


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(SetupError, match="not valid YAML"):
        seeds.table("b.yaml", folder=tmp_path)
    with pytest.raises(SetupError, match="reinstall"):
        seeds.table("none.yaml", folder=tmp_path)


def test_every_shipped_file_has_a_model_and_can_be_read() -> None:
    assert [path.name for path in sorted(FOLDER.glob("*.*"))] == seeds.known_files()
    for name in csv_rows.MODELS:
        assert seeds.rows(name), name
    for name in yaml_tables.names():
        assert seeds.table(name), name


@pytest.mark.parametrize("name", yaml_tables.EXCEPTIONS)
def test_what_is_declared_of_a_table_is_in_the_shipped_one(name: str) -> None:
    for path in filter(None, yaml_tables.EXCEPTIONS[name]):
        part = seeds.table(name)
        for key in path.split("."):
            assert key in part, f"{name}: {path}"
            part = part[key]


def in_order(name: str) -> list[str]:
    """The lines of a shipped CSV file as they have to stand: its head, then the rows sorted by the model's `order`."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if not line.startswith("#")) + 1
    found = seeds.rows(name)
    assert len(found) == len(lines) - start, f"{name} is sorted, so comments stand at its head only"
    order = sorted(range(len(found)), key=lambda n: [found[n][column] for column in csv_rows.MODELS[name].order])
    return [*lines[:start], *(lines[start + number] for number in order)]


@pytest.mark.parametrize("name", [name for name, model in csv_rows.MODELS.items() if model.order])
def test_a_list_without_a_meaning_in_its_order_is_sorted(name: str) -> None:
    """To sort one anew: write `in_order(name)` over it."""
    assert (FOLDER / name).read_text(encoding="utf-8").splitlines(keepends=True) == in_order(name)


@pytest.mark.parametrize("name", [name for name, model in csv_rows.MODELS.items() if not model.order])
def test_a_list_whose_order_has_a_meaning_says_so(name: str) -> None:
    head = (FOLDER / name).read_text(encoding="utf-8").partition("\n" + ",".join(seeds.rows(name)[0]))[0]
    assert "order" in head.lower(), f"{name}: say at its head what the order of the rows means"


@pytest.mark.parametrize("name", ["institutions.csv", "programmes.csv", "projects.csv", "countries.csv"])
def test_no_name_of_one_country_stands_for_two(name: str) -> None:
    others = "other_names" if name == "countries.csv" else "aliases"
    found = Counter(
        (form, row.get("country", ""))
        for row in seeds.rows(name)
        for form in {row["name"], *row[others].split("|")} - {""}
    )
    assert [form for form, times in found.items() if times > 1] == []


@pytest.mark.parametrize("listed", ["world_outlets", "financiers_abroad"])
def test_who_is_listed_by_name_is_a_known_institution(listed: str) -> None:
    known = {row["name"] for row in seeds.rows("institutions.csv", "name", "kind")}
    assert set(seeds.table("references.yaml")[listed]) <= known


def test_own_rows_join_the_shipped_and_win(own: Path) -> None:
    shipped = seeds.rows("fiscal_years.csv")
    (own / "fiscal_years.csv").write_text("country,first_month,named_by\nPAK,4,start\nFRA,2,end\n", encoding="utf-8")
    seeds.activate((own,))
    assert seeds.active() == (own,)
    found = {row["country"]: row["first_month"] for row in seeds.rows("fiscal_years.csv", "country")}
    assert found == {row["country"]: row["first_month"] for row in shipped} | {"PAK": "4", "FRA": "2"}
    seeds.activate(())
    assert seeds.rows("fiscal_years.csv") == shipped


def test_own_tables_are_merged(own: Path) -> None:
    before = seeds.table("sectors.yaml")
    text = 'weights: {share: 0.5}\nterms:\n  "210": {sure: [road, cable car]}\nnone: [ropeway club]\n'
    (own / "sectors.yaml").write_text(text, encoding="utf-8")
    seeds.activate((own,))
    found = seeds.table("sectors.yaml")
    assert found["weights"] == before["weights"] | {"share": 0.5}
    assert found["none"] == [*before["none"], "ropeway club"]
    assert found["terms"]["210"] == before["terms"]["210"] | {"sure": [*before["terms"]["210"]["sure"], "cable car"]}
    assert found["terms"]["120"] == before["terms"]["120"]


def test_own_codes_may_be_used_in_own_rows(own: Path) -> None:
    (own / "country_codes.csv").write_text("alpha3,alpha2\nATA,AQ\n", encoding="utf-8")
    (own / "cities.csv").write_text("name,country,population\nEsperanza,ATA,60\n", encoding="utf-8")
    seeds.activate((own,))
    assert seeds.rows("cities.csv")[-1] == {"name": "Esperanza", "country": "ATA", "population": "60"}


def test_an_own_file_that_is_wrong_or_unknown_changes_nothing(own: Path) -> None:
    (own / "notes.md").write_text("mine", encoding="utf-8")
    with pytest.raises(SetupError, match=r"nothing.*institutions.csv"):
        seeds.activate((own,))
    (own / "institutions.csv").write_text("name,kind,country\nTunzala Two,banque,CHN\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"institutions.csv:2: kind: 'banque'"):
        seeds.activate((own,))
    (own / "institution.csv").write_text("name\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"holds institution.csv; a file of seeds is one of .*institutions.csv"):
        seeds.activate((own,))
    with pytest.raises(SetupError, match="no such folder"):
        seeds.activate((own / "none",))
    assert seeds.active() == ()
    assert len(seeds.rows("institutions.csv")) > 1000


def test_an_own_institution_is_found_and_forgotten_again(own: Path, nlp: Language) -> None:
    def found() -> set[tuple[str, str]]:
        text = "Officials of quartz fjord met on Friday."
        return {(mention.label, text[mention.start : mention.end]) for mention in nlp(text)._.mentions}

    (own / "institutions.csv").write_text("name,kind,country\nquartz fjord,company,NOR\n", encoding="utf-8")
    assert ("ORG", "quartz fjord") not in found()
    seeds.activate((own,))
    assert ("ORG", "quartz fjord") in found()
    seeds.activate(())
    assert ("ORG", "quartz fjord") not in found()


def test_the_same_folders_forget_nothing(own: Path) -> None:
    (own / "groups.csv").write_text("name\nFjorders\n", encoding="utf-8")
    seeds.activate((own,))
    kept = seeds.rows("groups.csv")
    seeds.activate((own,))
    assert seeds.rows("groups.csv") is kept


READS = """
import pkgutil, sys
from importlib import import_module
from pathlib import Path
from pipeline.settings import Settings

folder = Settings().seeds

def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and Path(arguments[0]).parent == folder:
        frame = sys._getframe()
        while frame and not (frame.f_code.co_name == "<module>" and frame.f_globals["__name__"].startswith("pipeline")):
            frame = frame.f_back
        print(frame.f_globals["__name__"] if frame else "?", Path(arguments[0]).name)

sys.addaudithook(note)
import pipeline
for module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
    if not module.name.startswith(("pipeline.__main__", "pipeline.train")):
        import_module(module.name)
"""


def test_no_module_reads_seeds_when_it_is_imported() -> None:
    """What is made of seeds at import cannot be forgotten by `activate`. Training uses the shipped seeds alone."""
    done = subprocess.run([sys.executable, "-c", READS], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert {tuple(line.split()) for line in done.stdout.splitlines()} == AT_IMPORT


def test_the_doctor_names_each_bad_row_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    copytree(FOLDER, folder, ignore=ignore_patterns("gold", "news", "unseen"))
    with (folder / "institutions.csv").open("a", encoding="utf-8") as file:
        file.write("Tunzala Two,TF2,banque,CHN\n")
    lines = len((folder / "institutions.csv").read_text(encoding="utf-8").splitlines())
    (folder / "legal_forms.yaml").write_text("forms: [on]\nleading: []\nneeded_by: []\n", encoding="utf-8")
    (folder / "units.csv").unlink()
    checks = list(doctor._seeds(folder))
    bad = {check.name: check.found for check in checks if check.state == "missing"}
    assert set(bad) == {"seeds institutions.csv", "seeds legal_forms.yaml", "seeds units.csv"}
    assert f"institutions.csv:{lines}: kind: 'banque' is not one of" in bad["seeds institutions.csv"]
    assert "legal_forms.yaml:1: forms.0: True is not text" in bad["seeds legal_forms.yaml"]
    (good,) = [check for check in checks if check.state == "ok"]
    assert good.found.startswith(f"{len(seeds.known_files()) - 3} tables")
