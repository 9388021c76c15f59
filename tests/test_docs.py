"""The site: every page is listed, every link leads somewhere, nothing comes from the network, the guide is complete."""

import json
import re
from importlib import import_module
from pathlib import Path
from runpy import run_path
from typing import Any, get_args

import pytest
import yaml

import pipeline
from pipeline.gold.check import doubts, problems
from pipeline.gold.importer import guide_record
from pipeline.record import ActorKind, CommitmentKind, Label, Record, RelationType, Status

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PATHS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("*.md")]
PAGES = {path: path.read_text(encoding="utf-8") for path in PATHS}
SITE = yaml.safe_load((ROOT / ".ci" / "mkdocs.yml").read_text(encoding="utf-8"))
GUIDE = PAGES[DOCS / "guide.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def listed(entries: Any) -> list[str]:
    """The pages of a part of the navigation, in order."""
    if isinstance(entries, str):
        return [entries]
    inner = entries.values() if isinstance(entries, dict) else entries
    return [name for entry in inner for name in listed(entry)]


def prose(text: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as both the site and GitHub make them."""
    titles = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower()) for title in titles}


def broken(path: Path, text: str) -> list[str]:
    """The links of a page that lead nowhere in the checkout; those of the site may not leave its folder."""
    found = []
    for target in LINK.findall(prose(text)):
        if re.match(r"(https?|mailto):", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        outside = path.parent == DOCS and DOCS not in there.parents
        if outside or not there.exists() or (anchor and anchor not in anchors(there.read_text(encoding="utf-8"))):
            found.append(target)
    return found


def test_the_navigation_lists_every_page_once() -> None:
    assert sorted(listed(SITE["nav"])) == sorted(path.name for path in DOCS.glob("*.md"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert broken(path, PAGES[path]) == []


def test_a_broken_link_is_seen() -> None:
    dead = ["nowhere.md", "images/no.png", "scale.md#no-such-heading", "../README.md"]
    text = " ".join(f"[words]({target})" for target in [*dead, "scale.md#the-arithmetic", "images/report.png"])
    assert broken(DOCS / "index.md", text) == dead


def repeated(text: str) -> list[str]:
    """What stands twice as the first cell of a table: a command, a name or an operation, each in ticks.

    Rows of measurements, which have a number in the second cell, may be of one thing.
    """
    found = []
    for table in re.findall(r"^\| ---.*\n((?:\|.*\n)+)", prose(text), re.MULTILINE):
        cells = re.findall(r"^\| (`[^|]+`) \| (?![\d,.]+ \|)", table, re.MULTILINE)
        found += [cell for cell in dict.fromkeys(cells) if cells.count(cell) > 1]
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_table_says_a_thing_twice(path: Path) -> None:
    assert repeated(PAGES[path]) == []


def test_the_readme_leads_to_every_page() -> None:
    linked = {name.removeprefix("docs/") for name in LINK.findall(PAGES[ROOT / "README.md"])}
    assert {path.name for path in DOCS.glob("*.md")} - linked == {"index.md", "api.md", "accuracy_history.md"}


def test_the_site_loads_nothing_from_the_network() -> None:
    assert SITE["theme"]["font"] is False
    assert "offline" in SITE["plugins"]
    scripts = SITE["extra"]["polyfills"] + SITE.get("extra_javascript", []) + SITE.get("extra_css", [])
    assert any("iframe-worker" in script for script in scripts)  # else the offline plugin links to one elsewhere
    assert [script for script in scripts if not (DOCS / script).is_file()] == []
    assert re.findall(r"!\[[^]]*\]\([a-z]*:?//|<(?:img|script|link|iframe)\b", "".join(PAGES.values())) == []


def test_the_reference_describes_what_there_is() -> None:
    names = re.findall(r"^::: (\S+)$", PAGES[DOCS / "api.md"], re.MULTILINE)
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert getattr(import_module(module), attribute).__doc__, name
    assert set(pipeline.__all__) <= {name.rpartition(".")[2] for name in names}


def test_the_page_of_commands_says_what_the_command_line_says() -> None:
    written = run_path(str(ROOT / ".ci" / "commands.py"))["page"]()
    assert PAGES[DOCS / "commands.md"] == written, "run `make commands`"


def defined(heading: str) -> list[str]:
    """The first cells, in ticks, of the table of the guide with this heading row."""
    (table,) = re.findall(rf"^\| {re.escape(heading)} \|.*\n\| -.*\n((?:\|.*\n)+)", GUIDE, re.MULTILINE)
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("label | what it covers", get_args(Label)),
        ("kind | who", get_args(ActorKind)),
        ("type | from → to", get_args(RelationType)),
        ("kind | what is committed", get_args(CommitmentKind)),
        ("status | when", get_args(Status)),
        ("role | who", ("by", "with", "to", "attributed_to")),
    ],
)
def test_the_guide_defines_every_value(heading: str, values: tuple[str, ...]) -> None:
    assert sorted(defined(heading)) == sorted(values)


def test_the_guide_lists_every_sector() -> None:
    with (ROOT / "seeds" / "sectors.csv").open(encoding="utf-8") as file:
        codes = {line.split(",")[0] for line in file if line[0].isdigit()}
    section = GUIDE.split("\n## Sectors\n")[1].split("\n## ")[0]
    assert set(re.findall(r"\b\d{3}\b", section)) == codes


@pytest.fixture
def example() -> Record:
    """The worked example of the guide, as a gold article."""
    article = re.search(r"<!-- article -->\n```text\n(.*?)```", GUIDE, re.DOTALL)
    gold = re.search(r"<!-- gold -->\n```json\n(.*?)```", GUIDE, re.DOTALL)
    assert article and gold
    sentences = [line.split(maxsplit=1)[1] for line in article[1].splitlines()]
    offsets, start = [], 0
    for sentence in sentences:
        offsets.append([start, start + len(sentence)])
        start += len(sentence) + 1
    row = {"id": "example", "text": "\n".join(sentences), "sentences": offsets}
    return guide_record("example", row, json.loads(gold[1]))


def test_the_worked_example_is_sound_gold(example: Record) -> None:
    assert [*problems(example), *doubts(example)] == []


def test_the_worked_example_follows_the_guide(example: Record) -> None:
    for commitment in example.commitments:
        money = commitment.kind == "finance" or commitment.amounts != []
        assert (commitment.flow is not None) == money, commitment.id
        if commitment.flow:
            assert commitment.flow.instrument in defined("instrument | what it covers")
            stated = " ".join(example.article.text[one.start : one.end] for one in commitment.evidence)
            assert [text for text in commitment.flow.terms.values() if text not in stated] == []
    entities = [*example.actors, *example.projects]
    assert [name for one in entities for name in one.aliases if name not in example.article.text] == []
    assert {sentence.boilerplate for sentence in example.sentences} == {True, False}
    assert example.to_json().isascii()  # nothing that an editor might spoil
