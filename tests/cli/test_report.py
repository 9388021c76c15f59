"""`corridor report` with a knowledge folder."""

from pathlib import Path

from report.articles import flows
from report.knowledge import known
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.knowledge import write


def test_a_page_has_the_projects_of_a_knowledge_folder(tmp_path: Path) -> None:
    records, folder, page = tmp_path / "records.jsonl", tmp_path / "knowledge", tmp_path / "report.html"
    records.write_text("".join(f"{record.model_dump_json(by_alias=True)}\n" for record in flows()), encoding="utf-8")
    write(known(), folder)
    command = ["report", str(records), "-o", str(page)]
    assert CliRunner().invoke(app, [*command, "--knowledge", str(folder)]).exit_code == 0
    assert 'data-name="projects"' in page.read_text(encoding="utf-8")
    assert CliRunner().invoke(app, command).exit_code == 0
    assert 'data-name="projects"' not in page.read_text(encoding="utf-8")


def test_a_folder_without_knowledge_is_named(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["report", "-", "-o", "-", "--knowledge", str(tmp_path / "none")])
    assert (found.exit_code, "links.jsonl" in found.stderr) == (2, True)
