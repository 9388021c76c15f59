"""What changed between two states of a knowledge folder: commitments that are new, altered, contradicted or overdue."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from pipeline.knowledge.row_models import Contradicted
from pipeline.record import CommitmentKind, Day, Instrument, Part, Status

Kind = Literal["added", "amount", "status", "date", "contradicted", "completed", "overdue"]
KINDS: tuple[Kind, ...] = get_args(Kind)  # in the order of lists


class Named(Part):
    """An actor or project: its lasting id and most frequent name."""

    id: str
    name: str


class Saying(Part):
    """The words of an article; `link` is ARTICLE/LOCAL, `url` the address of the article."""

    source: str | None
    date: Day | None
    link: str
    url: str | None
    quote: str


class Change(Part):
    """A change of the commitment with the lasting id `id`, and what is known of the commitment now.

    `other`: the id of the commitment that contradicts it, where that is another one; the parties are those of both.
    `by`, `to`: provider and recipient of money, else who acts and for whom. `countries`: of its projects, without any
    those of `to`. `old`, `new`: values of `field`, as in commitments.jsonl; of a contradiction what each side says.
    `day`: of the first report that says so, of what is overdue the day on which it was due. `quotes`: of the old value,
    where there is one, and of the new. `alerts`: names of the rules that it meets; left out where there are none.
    """

    change: Kind
    id: str
    other: str | None = None
    field: Contradicted | None = None
    kind: CommitmentKind
    instrument: Instrument | None
    status: Status
    by: list[Named]
    to: list[Named]
    projects: list[Named]
    countries: list[str]
    sectors: list[str]
    amounts: list[str]
    old: list[str] = Field(default=[])
    new: list[str] = Field(default=[])
    day: Day | None
    quotes: list[Saying]
    alerts: list[str] = Field(default=[], exclude_if=lambda alerts: not alerts)
