"""The tools as a client of the protocol sees them: in this process, and over the pipes of a real command."""

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from builders import record
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from serve.working import knowledge_folder

from pipeline.run.workers.worker import Outcome
from pipeline.serve.extraction import Extraction, Results
from pipeline.serve.known import Known
from pipeline.serve.mcp import reading, server
from pipeline.serve.problems import Refusal
from pipeline.serve.worker import Job
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
Talk = Callable[[Client], Awaitable[Any]]


class Extracting(Extraction):
    """In place of a worker: one record for every text; "bad" and "late" are what they say."""

    def results_now(self, job: Job) -> Results:
        (row,) = job  # type: ignore[misc]
        if row.text == "late":
            return Results([], Refusal(504, "took longer than 1 seconds"))
        if row.text == "bad":
            return Results([Outcome("the article", "failed", reason="holds no text")])
        article = {"date": str(row.date) if row.date else None}
        return Results([Outcome("x", "done", line=record(article=article).to_json())])


def talk(known: Known | None, say: Talk) -> Any:
    """What a client gets of tools in this process."""

    async def connected() -> Any:
        async with Client(server(Extracting(Settings(), 1.0, 0), known)) as client:
            return await say(client)

    return anyio.run(connected)


def call(known: Known | None, tool: str, **arguments: Any) -> Any:
    """The structured result of a tool, or the text of its error."""

    async def say(client: Client) -> Any:
        result = await client.call_tool(tool, arguments)
        return result.content[0].text if result.is_error else result.structured_content  # type: ignore[union-attr]

    return talk(known, say)


@pytest.fixture
def known(tmp_path: Path) -> Known:
    folder = knowledge_folder(tmp_path)
    return Known(folder, tmp_path / "old")


def test_tools_have_types_and_say_what_they_do(known: Known) -> None:
    async def say(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in talk(known, say)}
    assert list(tools) == ["extract_text", "find_commitments", "find_project", "what_is_new"]
    for tool in tools.values():
        assert tool.description
        assert tool.output_schema
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
    assert tools["find_commitments"].input_schema["properties"]["limit"]["maximum"] == 50
    assert [tool.name for tool in talk(None, say)] == ["extract_text"]


def test_a_text_gives_commitments_with_names_and_words(known: Known) -> None:
    found = call(known, "extract_text", text="Any text.", date="2025-06-01")
    (row,) = found["commitments"]
    assert (row["by"], row["to"], row["projects"]) == (["Andes Bank"], ["Peru"], ["Ica ring road"])
    assert (row["kind"], row["status"], row["instrument"]) == ("finance", "pledged", "loan")
    assert (row["amounts"], row["dates"]) == (["$700m", "200 million soles"], ["2027"])
    assert row["attributed_to"] == "Rosa Lima"
    assert row["quote"].startswith("=Minister Rosa Lima said")
    given = record()
    boilerplate = given.commitments[0].model_copy(update={"boilerplate": True})
    assert reading(given.model_copy(update={"commitments": [boilerplate]})).commitments == []


@pytest.mark.parametrize(
    ("arguments", "total"),
    [({}, 1), ({"q": "lamu", "country": "KEN", "status": "completed"}, 1), ({"since": "2025-07-01"}, 0)],
)
def test_commitments_are_found(known: Known, arguments: dict[str, Any], total: int) -> None:
    found = call(known, "find_commitments", **arguments)
    assert (found["total"], len(found["commitments"])) == (total, total)
    for row in found["commitments"]:
        assert [one["name"] for one in row["provider"] + row["recipient"]] == ["World Bank", "Kenya"]
        assert (row["amount"], row["status"], row["latest"]) == ("USD 300000000", "completed", "2025-06-20")
        assert [quote["date"] for quote in row["quotes"]] == ["2025-06-03", "2025-06-10", "2025-06-20"]


def test_a_project_is_found_with_its_timeline(known: Known) -> None:
    found = call(known, "find_project", name="Lamu")
    assert (found["project"]["name"], len(found["commitments"]), found["others"]) == ("Lamu Port", 1, [])
    assert [event["status"] for event in found["timeline"]] == ["agreed", "underway", "completed"]
    nothing = call(known, "find_project", name="Atlantis")
    assert (nothing["project"], nothing["commitments"]) == (None, [])
    both = call(known, "find_project", name="o")
    assert both["project"] is not None


def test_what_is_new_since_a_day_or_the_older_folder(known: Known, tmp_path: Path) -> None:
    assert [row["change"] for row in call(known, "what_is_new")["changes"]] == ["completed"]
    assert call(known, "what_is_new", kind="amount")["total"] == 0
    assert "give `since`" in call(Known(tmp_path / "knowledge"), "what_is_new")


@pytest.mark.parametrize(
    ("tool", "arguments", "reason"),
    [
        ("extract_text", {"text": "bad"}, "the article: holds no text"),
        ("extract_text", {"text": "late"}, "took longer than 1 seconds"),
        ("extract_text", {"text": ""}, "at least 1 character"),
        ("find_commitments", {"kind": "gift"}, "Input should be 'finance'"),
        ("find_commitments", {"country": "Kenya"}, "country"),
        ("find_commitments", {"limit": 1000}, "less than or equal to 50"),
        ("what_is_new", {"since": "soon"}, "since"),
    ],
)
def test_errors_say_what_is_wrong(known: Known, tool: str, arguments: dict[str, Any], reason: str) -> None:
    assert reason in call(known, tool, **arguments)


@pytest.mark.slow
def test_over_the_pipes_of_a_real_command(tmp_path: Path) -> None:
    knowledge_folder(tmp_path)
    words = ["-m", "pipeline", "serve", "--mcp", "--profile", "fast", "--knowledge", "knowledge"]
    command = StdioServerParameters(command=sys.executable, args=words, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})

    async def connected() -> tuple[Any, Any]:
        async with Client(stdio_client(command)) as client:
            text = "Japan will lend Kenya $300 million for a port by 2031, its embassy said."
            read = await client.call_tool("extract_text", {"text": text})
            found = await client.call_tool("find_project", {"name": "Lamu Port"})
            return read.structured_content, found.structured_content

    read, found = anyio.run(connected)
    assert [row["amounts"] for row in read["commitments"]] == [["$300 million"]]
    assert found["project"]["name"] == "Lamu Port", json.dumps(found)
