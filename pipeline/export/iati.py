"""Commitments as activities of IATI 2.03 in XML, written one by one.

Hard because the standard is for those who fund or carry out a project and know it, and its obligatory elements are more
than news tells: docs/export.md says what each is filled with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree.ElementTree import Element, tostring

from pipeline.errors import ArticleError, SetupError
from pipeline.export.iati_parts import Parts, element, narrative
from pipeline.export.keys import Keyed
from pipeline.export.whole import whole_path
from pipeline.export.xml_text import xml_text
from pipeline.record import Commitment, Record
from pipeline.seeds import table
from pipeline.values.statuses import standing

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03">\n'
_TAIL = b"</iati-activities>\n"


@dataclass(frozen=True)
class Reporter:
    """The organisation that publishes the file: its identifier as registered with IATI, and its name."""

    ref: str
    name: str


def write(records: Iterable[Record], out: str, reporter: Reporter) -> None:
    """Raises SetupError where the file cannot be written or there is nothing to write: IATI has no empty file."""
    written = 0
    with whole_path(out) as path:
        with path.open("wb") as file:
            file.write(_HEAD)
            for activity in activities(records, reporter):
                written += file.write(tostring(activity, encoding="utf-8") + b"\n")
            file.write(_TAIL)
        if not written:
            raise SetupError(f"{out}: not written, the records hold no commitment that is an activity of IATI")


def dated(found: Iterable[Record | ArticleError]) -> Iterator[Record | ArticleError]:
    """The same, with an ArticleError in the place of a record that has activities and no day to give them."""
    for record in found:
        if isinstance(record, Record) and record.article.date is None and any(_commitments(record)):
            yield ArticleError(record.article.id, "has no date, and every activity of IATI needs one")
        else:
            yield record


def activities(records: Iterable[Record], reporter: Reporter) -> Iterator[Element]:
    """An `iati-activity` for each commitment that is one."""
    for record in records:
        of = Keyed(record)
        yield from (_activity(of, commitment, reporter) for commitment in _commitments(record))


def _commitments(record: Record) -> Iterator[Commitment]:
    """Not what is negated, not what is no activity, and nothing of a near-copy of an article before."""
    if record.article.story in (None, record.article.id):
        not_activities = table("iati.yaml")["not_activities"]
        yield from (c for c in record.commitments if not c.negated and c.kind not in not_activities)


def _activity(of: Keyed, commitment: Commitment, reporter: Reporter) -> Element:
    """The elements stand in the order of the schema."""
    parts, known = Parts(of, commitment), standing(commitment.status, commitment.kind)
    activity = Element("iati-activity", {"xml:lang": xml_text(of.article.language or "en")})
    identifier = element("iati-identifier")
    identifier.text = f"{reporter.ref}-{quote(of.key(commitment.id), safe='')}"
    activity.append(identifier)
    activity.append(
        element("reporting-org", narrative(reporter.name), ref=reporter.ref, type="90", **{"secondary-reporter": "1"})
    )
    activity.append(element("title", narrative(parts.title())))
    activity.append(element("description", narrative(of.best(commitment)), type="1"))
    activity.append(element("description", narrative(parts.source()), type="4"))
    activity.extend(parts.organisations())
    activity.append(element("activity-status", code=str(known.activity_status)))
    activity.extend(parts.dates(known))
    activity.extend(parts.countries())
    activity.extend(parts.sectors())
    activity.extend(parts.projects())
    activity.extend(parts.transactions(known))
    return activity
