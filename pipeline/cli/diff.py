"""The command `corridor diff`: two knowledge folders in; what changed out. `corridor resolve --since` uses it too."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from pipeline.cli.console import ALERTS, SOME_FAILED, say
from pipeline.errors import SetupError, number_of

if TYPE_CHECKING:
    from pipeline.knowledge.alerts import Rule
    from pipeline.knowledge.changes import Change
    from pipeline.knowledge.decisions import Decision
    from pipeline.knowledge.folder import Knowledge

To = Annotated[Literal["text", "json", "csv"], typer.Option(help="Form of the list of changes.")]
Html = Annotated[str | None, typer.Option(help='Also write the page "What is new" to this HTML file.')]
Rules = Annotated[
    Path | None, typer.Option(help="YAML rules: list only changes that meet one. Exit code 3 if there are any.")
]
Webhook = Annotated[
    str | None, typer.Option(help="With --alerts: POST the alerts as JSON to this http(s) address, if there are any.")
]
Today = Annotated[
    str | None, typer.Option(help="Day on which commitments may be overdue.", show_default="day of the latest article")
]


def diff(
    old: Annotated[Path, typer.Argument(help="Knowledge folder of before.")],
    new: Annotated[Path, typer.Argument(help="Knowledge folder of now.")],
    to: To = "text",
    out: Annotated[str, typer.Option("-o", "--out", help="File for the list; - for standard output.")] = "-",
    html: Html = None,
    since: Annotated[
        str | None, typer.Option(help="Only what was first reported on this day or later, such as 2025-06-01.")
    ] = None,
    alerts: Rules = None,
    webhook: Webhook = None,
    today: Today = None,
) -> None:
    """List the commitments that are new, changed, contradicted, completed or overdue, with the words that say so.

    Example: corridor diff monday knowledge
    """
    from pipeline.knowledge.changes import changes
    from pipeline.knowledge.changes import since as first_reported
    from pipeline.knowledge.folder import of_folder

    for day in filter(None, (since, today)):
        require_day(day)
    news = News(to, html, alerts, webhook, out)
    now = of_folder(new)
    found = changes(of_folder(old), now, today)
    code = news.tell(first_reported(found, since) if since else found, now)
    if code:
        raise typer.Exit(code)


def is_day(text: str) -> bool:
    """Whether a text has the form of a day, such as 2025-06-01."""
    return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text))


def require_day(text: str) -> None:
    """Raises SetupError where a text is no day of the calendar."""
    try:
        if is_day(text) and date.fromisoformat(text):
            return
    except ValueError:
        pass
    raise SetupError(f"{text}: not a full date such as 2025-06-01")


def news_since(
    since: str, old: Knowledge, found: Knowledge, decisions: Sequence[Decision], today: str | None
) -> list[Change]:
    """The changes since a day and on pages that have changed since the older state, or all since that state."""
    from pipeline.knowledge.changes import changes, ordered
    from pipeline.knowledge.changes import since as first_reported
    from pipeline.knowledge.resolve import before

    if is_day(since):
        revised = (row for row in changes(old, found, today) if row.revised)
        return ordered([*first_reported(changes(before(found, since, decisions), found, today), since), *revised])
    return changes(old, found, today)


@dataclass
class News:
    """How changes are shown. Raises SetupError where the rules or the address are wrong, before anything is done."""

    to: str
    html: str | None
    alerts: Path | None
    webhook: str | None
    out: str = "-"

    def __post_init__(self) -> None:
        from pipeline.knowledge.alerts import read_rules, require_address

        if self.webhook is not None:
            if self.alerts is None:
                raise SetupError("--webhook sends alerts; name their rules with --alerts")
            require_address(self.webhook)
        self._rules: list[Rule] | None = read_rules(self.alerts) if self.alerts else None

    def tell(self, rows: Sequence[Change], knowledge: Knowledge) -> int:
        """Writes the changes, or with rules the alerts among them. Returns the exit code."""
        from pipeline.knowledge.alerts import alerts
        from pipeline.publish.report.changes import page
        from pipeline.whole import whole_file

        found = list(rows) if self._rules is None else list(alerts(rows, self._rules, knowledge))
        with whole_file(self.out) as file:
            self._write(found, file)
        if self.html:
            with whole_file(self.html) as file:
                file.write(page(found))
        say(number_of(len(found), "change" if self._rules is None else "alert"))
        if self._rules is None or not found:
            return 0
        return SOME_FAILED if self.webhook and not self._sent(found, self.webhook) else ALERTS

    def _write(self, found: list[Change], file: TextIO) -> None:
        from pipeline.publish.report.changes import text, write_csv

        if self.to == "csv":
            write_csv(found, file)
        elif self.to == "json":
            rows = [row.model_dump(mode="json") for row in found]
            file.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        else:
            file.write(text(found))

    def _sent(self, found: list[Change], url: str) -> bool:
        """Whether the webhook took the alerts. A failure is named."""
        from pipeline.knowledge.alerts import post

        failure = post(url, found)
        if failure:
            say(failure)
        return failure is None
