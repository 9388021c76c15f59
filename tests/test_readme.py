"""What README.md says is run: its commands, its Python, and that it names what there is."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from spacy.language import Language
from typer.testing import CliRunner

import pipeline
from pipeline.cli import app
from pipeline.settings import PROFILES, Settings
from pipeline.train.review.store import Store

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Path:
    """A folder with what the commands name; the pipeline is loaded already."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.batch.outcome.load", lambda *_, **__: nlp)
    shutil.copytree(ROOT / "seeds" / "articles", tmp_path / "seeds" / "articles")
    return tmp_path


def test_its_commands_run_in_their_order(checkout: Path) -> None:
    for line in block("console").splitlines():
        result = CliRunner().invoke(app, shlex.split(line)[1:])
        assert result.exit_code == 0, f"{line}: {result.output}"
    assert (checkout / "outputs" / "records.jsonl").is_file()


def test_its_sample_is_what_comes_out(checkout: Path) -> None:
    records = checkout / "records.jsonl"
    assert CliRunner().invoke(app, ["extract", "seeds/articles", "-o", str(records)]).exit_code == 0
    sample = json.loads(README.split("<!-- record -->")[1].split("```json\n")[1].split("```")[0])
    (record,) = map(json.loads, records.read_text(encoding="utf-8").splitlines())
    assert sample in record["commitments"]
    shown = CliRunner().invoke(app, ["show", str(records)], env={"COLUMNS": "80"}).output
    wanted = README.split("<!-- show -->")[1].split("```\n")[1].split("```")[0]
    assert " ".join(wanted.split()) in " ".join(shown.split())


def test_the_loop_of_annotation_runs(checkout: Path) -> None:
    """docs/annotate.md: between its two blocks someone agrees with all that Label Studio shows."""
    page = (ROOT / "docs" / "annotate.md").read_text(encoding="utf-8")
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for line in block.splitlines():
            result = CliRunner().invoke(app, shlex.split(line)[1:])
            assert result.exit_code == 0, f"{line}: {result.output}"
        tasks = json.loads((checkout / "outputs" / "tasks.json").read_text(encoding="utf-8"))
        answers = [{"data": task["data"], "annotations": task["predictions"]} for task in tasks]
        (checkout / "outputs" / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    assert (checkout / "outputs" / "mine" / "articles.jsonl").is_file()


def test_the_loop_of_review_runs(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/review.md: someone agrees with all that the page shows."""

    def agreeing(store: Store, *_: object) -> None:
        for article in store.queue("untouched", 10, 0)["articles"]:
            store.decide(article["id"], 0, {"do": "finish", "finished": True})

    monkeypatch.setattr("pipeline.train.review.serve.serve", agreeing)
    (block,) = re.findall(r"```console\n(.*?)```", (ROOT / "docs" / "review.md").read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines():
        result = CliRunner().invoke(app, shlex.split(line)[1:])
        assert result.exit_code == 0, f"{line}: {result.output}"
    assert (checkout / "outputs" / "reviewed" / "articles.jsonl").is_file()


def test_its_python_runs(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(block("python"), {})
    assert re.search(r"^finance \w+ \w+", capsys.readouterr().out)


def test_it_names_every_command_and_every_make_target() -> None:
    group = typer.main.get_command(app)
    groups = {"annotate", "train"}
    commands = [f"{name} {part}" for name in groups for part in group.commands[name].commands]
    commands += group.commands.keys() - groups
    assert [name for name in commands if f"`corridor {name}" not in README] == []
    assert [name for name in ("demo", "test", "check", "bench", "help") if f"make {name}" not in README] == []


def accuracy() -> str:
    """The table of README.md: cross-validated F1 as the cards of both profiles have it."""
    known = {
        profile: json.loads((Settings().measured(profile) / "card.json").read_text(encoding="utf-8"))["cross_validated"]
        for profile in PROFILES
    }
    columns = [(profile, gold) for gold in ("corpus", "gold") for profile in PROFILES]
    lines = [
        "| row | real, default | real, fast | authored, default | authored, fast |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in known["default"]["corpus"]["f1, low, high"]:
        cells = [known[profile][gold]["f1, low, high"][row] for profile, gold in columns]
        told = [f"{f1:.3f} ({low:.3f}-{high:.3f})".replace("0.", ".") for f1, low, high in cells]
        lines.append(f"| {row} | {' | '.join(told)} |")
    return "\n".join(lines)


def test_its_accuracy_is_that_of_the_cards() -> None:
    assert accuracy() in README


def test_it_names_every_room() -> None:
    package = Path(pipeline.__file__).parent
    files = {path.name for path in package.glob("*.py") if not path.name.startswith("__")}
    rooms = {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").is_file()}
    assert sorted(room for room in files | rooms if f"`{room}`" not in README) == []
