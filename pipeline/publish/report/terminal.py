"""A record for a terminal: who commits what to whom, how much, by when and who says so, with the words of each value.

Commitments stand in the order of the article.

No text of an article is read as markup.
"""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.errors import number_of
from pipeline.publish.index import RecordIndex
from pipeline.publish.report.words import amount, clean, date, printable, quoted
from pipeline.record import Actor, Commitment, Flow, Project, Record, Sector

_STATUS_STYLES = {
    "proposed": "yellow", "pledged": "yellow", "agreed": "green", "underway": "green", "completed": "bold green",
    "stalled": "red", "cancelled": "red",
}  # fmt: skip

_ROW_CONFIDENCE = "row confidence: the estimated chance that kind, status, who, amount and flow are all right"
_CONFIDENCE = "confidence: the estimated chance that the article states it with this kind"


def render(record: Record) -> RenderableType:
    """The whole record: header, actors, projects, commitments with their sentences, sectors."""
    parts: list[RenderableType] = [*_header(record)]
    parts += _section("Actors", len(record.actors), [_actors(record.actors)])
    parts += _section("Projects and programmes", len(record.projects), [_projects(record.projects)])
    ordered = sorted(record.commitments, key=lambda found: (found.evidence[0].start, found.trigger.start))
    blocks = [_commitment(RecordIndex(record), number, found) for number, found in enumerate(ordered, 1)]
    parts += _section("Commitments", len(blocks), blocks)
    parts += [Text(), _sectors(record.sectors), _counts(record)]
    return Group(*parts)


def _header(record: Record) -> Iterator[Text]:
    article = record.article
    yield Text(clean(article.title or "") or "(no title)", style="bold underline")
    known = (article.source, article.date, article.url, article.id)
    yield Text(" · ".join(clean(value) for value in known if value), style="dim")
    if article.language not in (None, "en"):
        yield Text(f"The text is not English ({clean(article.language or '')}): check all results.", style="red")
    if record.limits:
        most = {one.name: one for one in sorted(record.limits, key=lambda one: one.found)}.values()
        cut = ", ".join(f"{one.name} ({one.found:,}, taken {one.kept} at a time)" for one in most)
        yield Text(f"Longer than in any news, and cut: {cut}.", style="red")


def _section(title: str, count: int, parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    yield Text()
    yield Text.assemble((title, "bold cyan"), (f" ({count})" if count else ": none found", "dim"))
    yield from (Padding(part, (0, 0, 0, 2)) for part in parts if count)


def _actors(actors: list[Actor]) -> Table:
    grid = _grid(3)
    for actor in actors:
        what = " ".join((actor.kind.replace("_", " "), clean(actor.country or ""))).strip()
        grid.add_row(Text(clean(actor.name), style="bold"), Text(what, style="magenta"), Text(clean(actor.role or "")))
    return grid


def _projects(projects: list[Project]) -> Table:
    grid = _grid(3)
    for project in projects:
        what = " ".join(("programme" if project.programme else "project", *map(clean, project.countries)))
        sectors = "; ".join(_sector(sector) for sector in project.sectors)
        grid.add_row(Text(clean(project.name), style="bold"), Text(what, style="magenta"), Text(sectors))
    return grid


def _grid(columns: int) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(columns):
        grid.add_column(overflow="fold")
    return grid


def _commitment(index: RecordIndex, number: int, found: Commitment) -> RenderableType:
    grid = _grid(2)
    for label, value in _facts(index, found):
        grid.add_row(Text(label, style="dim"), Text(value))
    body = Group(grid, *_evidence(index, found))
    return Group(_headline(index, number, found), Padding(body, (0, 0, 1, 3)))


def _headline(index: RecordIndex, number: int, found: Commitment) -> Text:
    line = Text.assemble((f"{number}. ", "dim"), (_names(index, found.by) or "(nobody named)", "bold"))
    line.append(" → ")
    line.append(f"{found.kind}, ")
    status, style = ("denied", "red") if found.negated else (found.status, _STATUS_STYLES[found.status])
    line.append(status, style=style)
    if found.boilerplate:
        line.append(" (no part of the story)", style="red")
    if found.to:
        line.append(" → ").append(_names(index, found.to), style="bold")
    shown = found.row_confidence if _has_row_confidences(index.record) else found.confidence
    return line.append(f"  {shown:.2f}", style="dim")


def _has_row_confidences(record: Record) -> bool:
    """Whether all commitments have one; records of older schemas and people's annotations have none."""
    return all(found.row_confidence is not None for found in record.commitments)


def _facts(index: RecordIndex, found: Commitment) -> Iterator[tuple[str, str]]:
    """Label and value of each line that has a value."""
    lines = (
        ("with", _names(index, found.with_)),
        ("on", _names(index, found.projects)),
        ("how much", "; ".join(amount(part) for part in found.amounts)),
        ("money", _flow(index, found.flow) if found.flow else ""),
        ("when", "; ".join(date(part) for part in found.dates)),
        ("said by", _names(index, [found.attributed_to] if found.attributed_to else [])),
    )
    return ((label, value) for label, value in lines if value)


def _flow(index: RecordIndex, flow: Flow) -> str:
    """`China -> Pakistan, loan, 2%, 20 years`."""
    ends = [_names(index, end) or "(not named)" for end in (flow.provider, flow.recipient)]
    terms = [f"grace {clean(words)}" if term == "grace" else clean(words) for term, words in flow.terms.items()]
    return ", ".join([" -> ".join(ends), flow.instrument, *terms])


def _names(index: RecordIndex, ids: Iterable[str]) -> str:
    return ", ".join(clean(index.name(one)) for one in ids)


def _evidence(index: RecordIndex, found: Commitment) -> Iterator[Text]:
    """The evidence sentences, with the trigger highlighted, and their pages."""
    text, start, end = index.article.text, found.trigger.start, found.trigger.end
    for evidence in found.evidence:
        if evidence.start <= start and end <= evidence.end:
            before, after = (
                printable(text[evidence.start : start]).lstrip(),
                printable(text[end : evidence.end]).rstrip(),
            )
            trigger = (clean(text[start:end]), "bold reverse")
            line = Text.assemble(f"“{before}", trigger, f"{after}”", style="italic")
        else:
            line = Text(quoted(index.quote(evidence)), style="italic dim")
        page = index.page(evidence.start)
        yield line.append(f" p. {page}", style="dim not italic") if page else line


def _sector(sector: Sector) -> str:
    return f"{clean(sector.code)} {clean(sector.label)}".strip()


def _sectors(sectors: list[Sector]) -> Text:
    return Text.assemble(("Sectors: ", "bold cyan"), "; ".join(map(_sector, sectors)) or "none found")


def _counts(record: Record) -> Text:
    kinds = {"sentence": len(record.sentences), "mention": len(record.mentions), "relation": len(record.relations)}
    counts = ", ".join(number_of(count, kind) for kind, count in kinds.items())
    if not record.commitments:
        return Text(counts, style="dim")
    number = _ROW_CONFIDENCE if _has_row_confidences(record) else _CONFIDENCE
    return Text(f"{counts}; the number after a commitment is its {number}", style="dim")
