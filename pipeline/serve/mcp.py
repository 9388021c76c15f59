"""Tools of a language model over the Model Context Protocol: commitments with names for ids, and their words."""

import logging
from datetime import date as calendar_date
from typing import Annotated

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from pipeline import __version__
from pipeline.knowledge.changes import Change, Kind, Named, Saying, latest_status
from pipeline.knowledge.folder import Event, KnownCommitment, KnownProject, shown
from pipeline.publish.index import RecordIndex
from pipeline.record import CommitmentKind, Instrument, Record, Status
from pipeline.serve.extraction import Extraction
from pipeline.serve.known import Country, Known, Wanted
from pipeline.serve.problems import Refusal
from pipeline.serve.worker import LONGEST, ArticleIn


class ReadCommitment(BaseModel):
    """A commitment of one article. `row_confidence`: probability that kind, status, parties and money are all right."""

    kind: CommitmentKind
    status: Status
    instrument: Instrument | None
    by: list[str]
    partners: list[str]
    to: list[str]
    provider: list[str]
    recipient: list[str]
    projects: list[str]
    amounts: list[str]
    dates: list[str]
    attributed_to: str | None
    negated: bool
    row_confidence: float | None
    quote: str


class Reading(BaseModel):
    """What one article says. `language`: ISO 639-1; only English is read well."""

    article: str
    language: str | None
    commitments: list[ReadCommitment]


class FoundCommitment(BaseModel):
    """A commitment across articles. `status`: of its latest report; `disagree`: what reports contradict."""

    id: str
    kind: CommitmentKind
    status: Status
    instrument: Instrument | None
    by: list[Named]
    to: list[Named]
    provider: list[Named]
    recipient: list[Named]
    projects: list[Named]
    amount: str | None
    dates: list[str]
    first: str | None
    latest: str | None
    disagree: list[str]
    quotes: list[Saying]


class FoundCommitments(BaseModel):
    """Some of `total` commitments."""

    total: int
    commitments: list[FoundCommitment]


class FoundProject(BaseModel):
    """The project that fits best, with all that is reported of it; `others`: projects that fit too."""

    project: KnownProject | None
    commitments: list[FoundCommitment]
    timeline: list[Event]
    others: list[Named]


class News(BaseModel):
    """Some of `total` changes."""

    total: int
    changes: list[Change]


def reading(record: Record) -> Reading:
    index = RecordIndex(record)

    def names(ids: list[str]) -> list[str]:
        return [index.name(one) for one in dict.fromkeys(ids)]

    rows = [
        ReadCommitment(
            **{field: getattr(one, field) for field in ("kind", "status", "negated", "row_confidence")},
            **{field: names(getattr(one, field)) for field in ("by", "to", "projects")},
            partners=names(one.with_),
            instrument=one.flow and one.flow.instrument,
            provider=names(one.flow.provider if one.flow else []),
            recipient=names(one.flow.recipient if one.flow else []),
            amounts=[amount.text for amount in one.amounts],
            dates=[date.iso or date.text for date in one.dates],
            attributed_to=index.name(one.attributed_to) if one.attributed_to else None,
            quote=index.best(one),
        )
        for one in record.commitments
        if not one.boilerplate
    ]
    return Reading(article=record.article.id, language=record.article.language, commitments=rows)


def found(row: KnownCommitment, known: Known) -> FoundCommitment:
    """A commitment with names, and a quote of each of its reports."""
    same = ("id", "kind", "instrument", "first", "latest", "disagree")
    named = ("by", "to", "provider", "recipient", "projects")
    return FoundCommitment(
        **{field: getattr(row, field) for field in same},
        **{field: known.named(value.value for value in getattr(row, field)) for field in named},
        status=latest_status(row),
        amount=shown(row.amount) if row.amount else None,
        dates=[value.value for value in row.dates],
        quotes=[known.saying(report) for report in row.reports],
    )


INSTRUCTIONS = (
    "Corridor reads English news about development cooperation: who committed what to whom, on which project, for how "
    "much, by when. Quote the words that each result gives, and check what has a low row_confidence against them."
)
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
Limit = Annotated[int, Field(ge=1, le=50, description="Most rows in the answer.")]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST, description="The text of one article, unchanged.")]
Words = Annotated[str, Field(description="Words that all must stand in a quote or name; empty for any.")]
Day = calendar_date | None


def serve_mcp(extraction: Extraction, known: Known | None) -> None:
    """Serves until standard input ends. The worker is started, and stopped at the end."""
    extraction.start()
    try:
        server(extraction, known).run("stdio")
    finally:
        extraction.close()


def server(extraction: Extraction, known: Known | None) -> MCPServer[None]:
    """The tools; those about knowledge are there where a folder was given."""
    tools: MCPServer[None] = MCPServer("corridor", instructions=INSTRUCTIONS, version=__version__, log_level="ERROR")
    logging.getLogger("mcp").setLevel(logging.ERROR)

    @tools.tool(annotations=_READS)
    def extract_text(text: Text, title: str | None = None, source: str | None = None, date: Day = None) -> Reading:
        """Read one news article or press release: its commitments with parties, money, dates and the words for each."""
        results = extraction.results_now((ArticleIn(text=text, title=title, source=source, date=date),))
        for outcome in results.outcomes:
            if outcome.state == "done":
                return reading(Record.model_validate_json(outcome.line))
            raise ToolError(f"{outcome.id}: {outcome.reason}")
        raise ToolError(str(results.stopped))

    if known:
        _know(tools, known)
    return tools


def _know(tools: MCPServer[None], known: Known) -> None:
    @tools.tool(annotations=_READS)
    def find_commitments(
        q: Words = "",
        kind: CommitmentKind | None = None,
        status: Status | None = None,
        instrument: Instrument | None = None,
        country: Country = None,
        since: Annotated[Day, Field(description="Reported on this day or later.")] = None,
        limit: Limit = 10,
    ) -> FoundCommitments:
        """Find commitments of all articles: loans, grants, agreements, contracts, deliveries, policies."""
        day = since.isoformat() if since else None
        wanted = Wanted(q=q, kind=kind, status=status, instrument=instrument, country=country, since=day)
        rows = sorted(known.commitments(wanted), key=lambda row: row.latest or "", reverse=True)
        return FoundCommitments(total=len(rows), commitments=[found(row, known) for row in rows[:limit]])

    @tools.tool(annotations=_READS)
    def find_project(
        name: Annotated[str, Field(min_length=1, description="Its name, or words of it.")],
    ) -> FoundProject:
        """Find a project by name: its commitments and the timeline of what was reported."""
        fitting = sorted(known.projects(name), key=lambda row: -row.articles)
        if not fitting:
            return FoundProject(project=None, commitments=[], timeline=[], others=[])
        view = known.project(fitting[0].id)
        return FoundProject(
            project=view.project,
            commitments=[found(row, known) for row in view.commitments],
            timeline=view.timeline,
            others=known.named(row.id for row in fitting[1:11]),
        )

    @tools.tool(annotations=_READS)
    def what_is_new(
        since: Annotated[Day, Field(description="First reported on this day or later.")] = None,
        kind: Kind | None = None,
        limit: Limit = 20,
    ) -> News:
        """List what is new: commitments added, changed, contradicted, completed or overdue, with the words for each."""
        try:
            rows = known.changes(since.isoformat() if since else None, kind=kind)
        except Refusal as refusal:
            raise ToolError(str(refusal)) from refusal
        return News(total=len(rows), changes=rows[:limit])
