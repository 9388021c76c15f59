"""`corridor report` with a knowledge folder."""

from pathlib import Path

from publish.report.articles import flows
from publish.report.knowledge import known
from publish.report.ladder import all_acts, of_port
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.knowledge.folder import Knowledge, write
from pipeline.knowledge.resolve import resolve


def test_a_page_has_the_projects_of_a_knowledge_folder(tmp_path: Path) -> None:
    records, folder, page = tmp_path / "records.jsonl", tmp_path / "knowledge", tmp_path / "report.html"
    records.write_text("".join(f"{record.model_dump_json(by_alias=True)}\n" for record in flows()), encoding="utf-8")
    write(known(), folder)
    command = ["report", str(records), "-o", str(page)]
    assert CliRunner().invoke(app, [*command, "--knowledge", str(folder)]).exit_code == 0
    assert 'data-name="projects"' in page.read_text(encoding="utf-8")
    assert CliRunner().invoke(app, command).exit_code == 0
    assert 'data-name="projects"' not in page.read_text(encoding="utf-8")


def test_what_is_new_since_a_folder_or_a_day_is_a_view(tmp_path: Path) -> None:
    records, page = tmp_path / "records.jsonl", tmp_path / "report.html"
    folder, old = tmp_path / "knowledge", tmp_path / "old"
    records.write_text("".join(f"{record.model_dump_json(by_alias=True)}\n" for record in all_acts()), encoding="utf-8")
    write(resolve(of_port()[:1], Knowledge()), old)
    write(resolve(all_acts(), Knowledge()), folder)
    command = ["report", str(records), "-o", str(page), "--knowledge", str(folder)]
    for since in (str(old), "2025-02-01"):
        found = CliRunner().invoke(app, [*command, "--since", since, "--today", "2025-07-01"])
        assert found.exit_code == 0, found.output
        assert 'data-name="news"' in page.read_text(encoding="utf-8")
