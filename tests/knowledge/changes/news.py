"""Articles about a loan for a port, a rival report and a promise of tractors, and what is known of them by then."""

from typing import Any

from knowledge.resolve.flows import flow, report, said

from pipeline.knowledge.changes import Change, changes
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Flow, Record

LOAN = flow("loan", "wb", "ken")
PORT = "The World Bank will lend Kenya money for berths at Lamu Port."
ROLLOVER = "Lenders from Beijing will renew a syndicated credit line of $2.1 billion, the treasury said."
RIVAL = "Kenya expects the renewal of syndicated credit worth $2 billion from Chinese banks."


def port(id: str, day: str, status: str = "agreed", money: str | None = "USD 3e8", *dates: str, **more: Any) -> Record:
    """An article about the loan for the port."""
    sums = (money,) if money else ()
    words = more.pop("words", PORT)
    fields = {"status": status, "projects": ["port"], "dates": dates, **more}
    return report(id, said(words, LOAN, *sums, **fields), day=day)


def credit(id: str, day: str, sum: str, words: str, by: Flow) -> Record:
    """An article about a line of credit."""
    return report(id, said(words, by, sum), day=day)


def contradicting() -> tuple[Record, Record]:
    """Two articles on one line of credit, with two amounts and under two lasting ids."""
    return (
        credit("x", "2025-06-03", "USD 2.1e9", ROLLOVER, flow("rollover", "chn", "ken")),
        credit("y", "2025-06-05", "USD 2e9", RIVAL, flow("loan", "banks", "ken")),
    )


def known(*records: Record, onto: Knowledge | None = None) -> Knowledge:
    return resolve(records, onto or Knowledge())


def news(before: list[Record], after: list[Record], today: str | None = None) -> list[Change]:
    """What the later articles change."""
    old = known(*before)
    return changes(old, known(*after, onto=old), today)


def brief(rows: list[Change]) -> list[tuple[str, list[str], list[str], str | None]]:
    return [(row.change, row.old, row.new, row.day) for row in rows]
