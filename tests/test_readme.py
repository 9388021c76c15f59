"""What README.md and docs/ say is run: commands, Python, samples. Their figures are those measured."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from builders import DOLLARS, commitment, record
from spacy.language import Language
from typer.testing import CliRunner

import pipeline
from pipeline.cli import app
from pipeline.record import CommitmentKind, Flow, Record, Status
from pipeline.review.page.store import Store
from pipeline.settings import PROFILES, Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
GROUP: Any = typer.main.get_command(app)


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


README = page("README.md")
ACCURACY = page("docs/accuracy.md")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def sample(text: str, mark: str) -> str:
    """The first code block behind `<!-- mark -->`."""
    found = re.search(rf"<!-- {mark} -->\n```\w*\n(.*?)```", text, re.DOTALL)
    assert found, mark
    return found[1]


def rows(text: str, heading: str) -> dict[str, list[str]]:
    """The cells of the table whose heading row begins so, by their first cell."""
    table = text[text.index(f"| {heading} |") :].split("\n\n")[0].splitlines()[2:]
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in table)
    return {first: rest for first, *rest in cells}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Path:
    """A folder with what the commands name; the pipeline is loaded already."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.extract.load", lambda *_, **__: nlp)
    shutil.copytree(ROOT / "seeds" / "articles", tmp_path / "seeds" / "articles")
    return tmp_path


def run(lines: str) -> None:
    for line in lines.splitlines():
        result = CliRunner().invoke(app, shlex.split(line)[1:])
        assert result.exit_code == 0, f"{line}: {result.output}"


def test_the_readme_is_one_page() -> None:
    assert len(README.splitlines()) <= 135
    assert len(README.split()) <= 1100  # the bars of tables count


def test_the_sentence_of_the_readme_gives_its_json(checkout: Path) -> None:
    echo, extract = sample(README, "sentence").split(" | ")
    _, sentence = shlex.split(echo)
    result = CliRunner().invoke(app, shlex.split(extract)[1:], input=sentence + "\n")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["commitments"] == [json.loads(sample(README, "json"))]
    assert [(actor["id"], actor["name"]) for actor in record["actors"]] == [("a1", "Japan"), ("a2", "Kenya")]


def test_the_commands_run_in_their_order(checkout: Path) -> None:
    run("".join(blocks(page("docs/commands.md"), "console")))
    assert (checkout / "outputs" / "records.jsonl").is_file()


def test_the_sums_of_the_readme_are_what_comes_out(checkout: Path) -> None:
    loan = {
        "status": "agreed",
        "sectors": ["210"],
        "amounts": [DOLLARS],
        "flow": Flow(instrument="loan", provider=["a1"], recipient=["a2"]),
    }
    lent = record("lent", commitments=[commitment(**loan)])
    china = {"a1": ("China", "CHN"), "a2": ("Pakistan", "PAK")}
    actors = [
        actor.model_copy(update={"name": china[actor.id][0], "country": china[actor.id][1]})
        if actor.id in china
        else actor
        for actor in lent.actors
    ]
    (checkout / "records.jsonl").write_text(lent.model_copy(update={"actors": actors}).to_json(), encoding="utf-8")
    resolve, sums = README.partition("## Sums")[2].split("\n\n")[1].split("\n")
    run(resolve.strip())
    answer = CliRunner().invoke(app, shlex.split(sums)[1:]).output
    assert [line.split() for line in answer.splitlines()] == [
        line.split() for line in sample(README, "sums").splitlines()
    ]


def test_the_sample_record_is_what_comes_out(checkout: Path) -> None:
    records = checkout / "records.jsonl"
    assert CliRunner().invoke(app, ["extract", "seeds/articles", "-o", str(records)]).exit_code == 0
    (record,) = map(json.loads, records.read_text(encoding="utf-8").splitlines())
    assert json.loads(sample(page("docs/record.md"), "record")) in record["commitments"]
    shown = CliRunner().invoke(app, ["show", str(records)], env={"COLUMNS": "80"}).output
    assert " ".join(sample(page("docs/record.md"), "show").split()) in " ".join(shown.split())


def test_the_page_of_the_record_names_its_fields() -> None:
    assert list(rows(page("docs/record.md"), "field | content")) == [f"`{name}`" for name in Record.model_fields]


def test_the_loop_of_annotation_runs(checkout: Path) -> None:
    """docs/annotate.md: between its two blocks someone agrees with all that Label Studio shows."""
    for block in blocks(page("docs/annotate.md"), "console"):
        run(block)
        tasks = json.loads((checkout / "outputs" / "tasks.json").read_text(encoding="utf-8"))
        answers = [{"data": task["data"], "annotations": task["predictions"]} for task in tasks]
        (checkout / "outputs" / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    assert (checkout / "outputs" / "mine" / "articles.jsonl").is_file()


def test_the_loop_of_review_runs(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/review.md: someone agrees with all that the page shows."""

    def agreeing(store: Store, *_: object) -> None:
        for article in store.queue("untouched", 10, 0)["articles"]:
            store.decide(article["id"], 0, {"do": "finish", "finished": True})

    monkeypatch.setattr("pipeline.review.page.app.serve", agreeing)
    (block,) = blocks(page("docs/review.md"), "console")
    run(block)
    assert (checkout / "outputs" / "reviewed" / "articles.jsonl").is_file()


def test_the_python_runs(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert CliRunner().invoke(app, ["extract", "seeds/articles", "-o", "outputs/records.jsonl"]).exit_code == 0
    first, *others = blocks(page("docs/python.md"), "python")
    exec(first, {})
    assert re.search(r"^finance \w+ \w+", capsys.readouterr().out)
    for block in others:
        exec(block, {})
    printed = capsys.readouterr().out
    assert "failed:" not in printed
    assert "contract" in printed  # of the frame of commitments


def command_lines() -> Iterator[tuple[str, str]]:
    """Every line of a code block that begins with `corridor`, with its page; what a shell does to it is cut off."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in re.findall(r"^(?: {4})?(corridor .*)$", text, re.MULTILINE):
            yield path.name, re.split(r" [|>] ", line)[0]


def test_every_command_line_of_the_pages_is_valid() -> None:
    """Also of those that train for minutes and are not run: the command exists, and so do its options."""
    lines = list(command_lines())
    assert len(lines) > 40
    for name, line in lines:
        command, arguments = GROUP, shlex.split(line)[1:]
        while hasattr(command, "commands") and not arguments[0].startswith("-"):
            assert arguments[0] in command.commands, f"{name}: {line}"
            command = command.commands[arguments.pop(0)]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        unknown = [word for word in arguments if word.startswith("-") and word != "-" and word not in known]
        assert unknown == [], f"{name}: {line}"


def test_the_pages_name_every_command_and_the_make_targets() -> None:
    groups = {"annotate", "train"}
    commands = [f"{name} {part}" for name in groups for part in GROUP.commands[name].commands]
    commands += GROUP.commands.keys() - groups
    assert [name for name in commands if f"`corridor {name}" not in page("docs/commands.md")] == []
    assert [name for name in ("demo", "test", "check", "bench", "docs", "help") if f"make {name}" not in README] == []


def test_every_make_target_of_the_pages_is_one() -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    named = set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", text, re.MULTILINE))
    assert named - targets == set()
    assert {"demo", "test", "docs"} <= named


def test_the_readme_defines_every_kind_and_status() -> None:
    assert list(rows(README, "kind")) == [f"`{kind}`" for kind in get_args(CommitmentKind)]
    assert list(rows(README, "status")) == [f"`{status}`" for status in get_args(Status)]


def measured() -> dict[str, Any]:
    """The cross-validated F1 of both profiles, as their cards have it."""
    return {
        profile: json.loads((Settings().measured(profile) / "card.json").read_text(encoding="utf-8"))["cross_validated"]
        for profile in PROFILES
    }


def accuracy() -> str:
    """The cross-validated table of docs/accuracy.md."""
    known = measured()
    lines = ["| row | real, default | real, fast |", "| --- | --- | --- |"]
    for row in known["default"]["corpus"]["f1, low, high"]:
        cells = [known[profile]["corpus"]["f1, low, high"][row] for profile in PROFILES]
        written = [f"{f1:.3f} ({low:.3f}-{high:.3f})".replace("0.", ".") for f1, low, high in cells]
        lines.append(f"| {row} | {' | '.join(written)} |")
    return "\n".join(lines)


def test_the_accuracy_is_that_of_the_cards() -> None:
    assert accuracy() in ACCURACY


def test_the_readme_has_the_figures_of_the_page_on_accuracy() -> None:
    known = rows(ACCURACY, "row | 304 articles")
    short = rows(README, "row | 304 unseen")
    assert len(short) >= 8
    assert {label.split(" (")[0]: cells for label, cells in short.items()}.items() <= known.items()


def test_the_page_on_architecture_names_every_part() -> None:
    package = Path(pipeline.__file__).parent
    files = {path.name for path in package.glob("*.py") if not path.name.startswith("__")}
    folders = {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").is_file()}
    assert sorted(part for part in files | folders if f"`{part}`" not in page("docs/architecture.md")) == []
