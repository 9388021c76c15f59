"""`corridor report` with a knowledge folder."""

from pathlib import Path

import pytest
from publish.report.ladder import all_acts, of_port
from test_cli import run

from pipeline.knowledge.folder import Knowledge, write
from pipeline.knowledge.resolve import resolve


def test_a_page_has_the_projects_of_a_knowledge_folder_and_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("records.jsonl").write_text("".join(f"{record.to_json()}\n" for record in all_acts()), encoding="utf-8")
    write(resolve(of_port()[:1], Knowledge()), Path("old"))
    write(resolve(all_acts(), Knowledge()), Path("known"))
    for options, views in (
        ("", set()),
        ("--knowledge known", {"projects"}),
        ("--knowledge known --since old --today 2025-07-01", {"projects", "news"}),
        ("--knowledge known --since 2025-02-01 --today 2025-07-01", {"projects", "news"}),
    ):
        assert run(f"corridor report records.jsonl -o page.html {options}").code == 0
        page = Path("page.html").read_text(encoding="utf-8")
        assert {view for view in ("projects", "news") if f'data-name="{view}"' in page} == views
