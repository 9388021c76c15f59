"""Commitments as activities of IATI 2.03 in XML, written one by one.

The standard asks more than news says; docs/export.md lists what each required element is filled with.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from urllib.parse import quote
from xml.etree.ElementTree import Element, tostring

from pipeline.atomic import whole_path
from pipeline.errors import SetupError
from pipeline.knowledge.folder import Scheme
from pipeline.publish.formats import Options
from pipeline.publish.index import PublishedIds, RecordIndex, accepted_by, originals, parties, xml_text
from pipeline.record import Actor, Amount, Commitment, Flow, Record
from pipeline.seeds import table
from pipeline.values.codes import standing
from pipeline.values.gazetteer.places import alpha2
from pipeline.values.periods import days_of

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03">\n'
_TAIL = b"</iati-activities>\n"
_PLANNED_END, _ACTUAL_END = 3, 4  # ActivityDateType


def write(records: Iterable[Record], out: str, options: Options) -> None:
    """Raises SetupError where the file cannot be written or would be empty, which IATI forbids."""
    written = 0
    with whole_path(out) as path:
        with path.open("wb") as file:
            file.write(_HEAD)
            for activity in activities(records, options):
                written += file.write(tostring(activity, encoding="utf-8") + b"\n")
            file.write(_TAIL)
        if not written:
            raise SetupError(f"{out}: not written, the records hold no commitment that is an activity of IATI")


def objection(record: Record) -> str | None:
    """Why a record cannot be exported: it has activities and no date for them."""
    undated = record.article.date is None and any(_commitments(record))
    return "has no date, and every activity of IATI needs one" if undated else None


def activities(records: Iterable[Record], options: Options) -> Iterator[Element]:
    """An `iati-activity` for each commitment that is one."""
    published = PublishedIds(options.knowledge)
    for record in originals(records):
        index = RecordIndex(record)
        yield from (Activity(index, one, published).element(options) for one in _commitments(record))


def _commitments(record: Record) -> Iterator[Commitment]:
    """The commitments that are activities: of the story, and of a kind that IATI knows."""
    not_activities = table("iati.yaml")["not_activities"]
    return (c for c in record.commitments if c.in_story and c.kind not in not_activities)


def element(name: str, *children: Element, **attributes: str) -> Element:
    made = Element(name, {key: xml_text(value) for key, value in attributes.items()})
    made.extend(children)
    return made


def narrative(text: str) -> Element:
    made = Element("narrative")
    made.text = xml_text(" ".join(text.split()))
    return made


def shares(number: int) -> list[dict[str, str]]:
    """Attributes with percentages that add up to 100, which IATI requires of several countries or sectors."""
    if number == 1:
        return [{}]
    share = round(100 / number, 2)
    last = f"{100 - share * (number - 1):.4g}"
    return [{"percentage": text} for text in [f"{share:g}"] * (number - 1) + [last]]


class Activity:
    """One commitment; `day` is that of its article."""

    def __init__(self, index: RecordIndex, commitment: Commitment, published: PublishedIds) -> None:
        self.index, self.commitment, self.published = index, commitment, published
        self.standing = standing(commitment.status)
        self.day = str(index.article.date)
        self.seeds = table("iati.yaml")

    def element(self, options: Options) -> Element:
        """The `iati-activity`, its children in the order of the schema."""
        reporter = options.reporting_org
        identifier = element("iati-identifier")
        identifier.text = f"{reporter}-{quote(self.index.key(self.commitment.id), safe='')}"
        own = {"ref": reporter, "type": "90", "secondary-reporter": "1"}
        activity = Element("iati-activity", {"xml:lang": xml_text(self.index.article.language or "en")})
        activity.extend([
            identifier,
            element("reporting-org", narrative(options.reporting_org_name), **own),
            element("title", narrative(self.title())),
            element("description", narrative(self.index.best(self.commitment)), type="1"),
            element("description", narrative(self.source()), type="4"),
            *self.organisations(),
            *self.other_identifiers(),
            element("activity-status", code=str(self.standing.activity_status)),
            *self.dates(),
            *self.countries(),
            *self.sectors(),
            *self.projects(),
            *self.transactions(),
            *self.related(),
        ])  # fmt: skip
        return activity

    def title(self) -> str:
        """The projects; without any, who provides or commits what to whom."""
        if self.commitment.projects:
            return "; ".join(self.index.name(name) for name in self.commitment.projects)
        given, got = (self._names(actors) for actors in self.index.sides(self.commitment))
        what = self.commitment.flow.instrument if self.commitment.flow else self.commitment.kind
        return " ".join([given or "Party not stated", "-", what, *(["for", got] if got else [])])

    def _names(self, actors: list[str]) -> str:
        return ", ".join(self.index.name(name) for name in actors)

    def source(self) -> str:
        """The article, the page of the quote, and the confidence."""
        page = self.index.page(self.commitment.evidence[0].start)
        article, sure = self.index.article, self._reader()
        parts = [article.source, article.title, article.date, article.url, page and f"page {page}", sure]
        return f"News article: {'; '.join(part for part in parts if part)}"

    def _reader(self) -> str:
        """Who read the article: a person, a person after Corridor, or Corridor with what confidence."""
        method, by = self.commitment.method, accepted_by(self.commitment.method)
        if by == "person":
            return "read automatically, accepted by a person" if "+" in method else "corrected or added by a person"
        agreed = ", accepted by agreement, not by a person" if by else ""
        return f"read automatically with confidence {self.commitment.confidence:.2f}{agreed}"

    def organisations(self) -> Iterator[Element]:
        """`participating-org`, each once in a role: of a flow who provides and who receives, else the parties."""
        seen = set()
        for role, name in self._parties():
            if (actor := self._organisation(name)) and (role, actor.id) not in seen:
                seen.add((role, actor.id))
                yield self._participant(actor, role)
        if not seen:
            yield element("participating-org", narrative("Not stated in the article"), role="4")

    def other_identifiers(self) -> Iterator[Element]:
        """Ids of other lists that a person accepted, AidData's with its name."""
        kinds: tuple[Scheme, ...] = ("aiddata", "other")
        for scheme in kinds:
            owner = self.seeds["identifier_owners"].get(scheme)
            for one in self.published.of_commitment(self.index, self.commitment, scheme):
                owners = [element("owner-org", narrative(owner))] if owner else []
                yield element("other-identifier", *owners, ref=one, type=self.seeds["other_identifier"])

    def related(self) -> Iterator[Element]:
        """The activities of other publishers that this one reports on, as a person accepted them."""
        for one in self.published.of_commitment(self.index, self.commitment, "iati"):
            yield element("related-activity", ref=one, type=str(self.seeds["related_activity"]))

    def _parties(self) -> list[tuple[int, str]]:
        """Codes of OrganisationRole with ids of actors."""
        if flow := self.commitment.flow:
            sides = zip(("provider", "recipient"), self.index.sides(self.commitment), strict=True)
            found = [(self.seeds["flow_roles"][side], actor) for side, actors in sides for actor in actors]
            if found and flow.instrument in self.seeds["transactions"]:
                return found
        roles = self.seeds["roles"][self.commitment.kind]
        return [(roles[role], actor) for role, actor in parties(self.commitment) if role in roles]

    def _organisation(self, name: str) -> Actor:
        """For a person what it represents, else where it is affiliated, else the person."""
        actor = self.index.actors[name]
        if actor.kind == self.seeds["persons"]:
            for wanted in ("represents", "affiliated_with"):
                for relation in self.index.record.relations:
                    if (relation.subject, relation.type) == (name, wanted) and relation.object in self.index.actors:
                        return self.index.actors[relation.object]
        return actor

    def _participant(self, actor: Actor, role: int) -> Element:
        code = self.seeds["organisation_types"].get(actor.kind)
        name = f"{actor.name} ({actor.role})" if actor.role else actor.name
        return element("participating-org", narrative(name), role=str(role), **({"type": str(code)} if code else {}))

    def dates(self) -> Iterator[Element]:
        """The article's day for want of a better one, and the last day in the commitment as a planned end."""
        why, code = "Day of the article; the day itself is not known", self.standing.activity_date
        yield element("activity-date", narrative(why), type=str(code), **{"iso-date": self.day})
        ends = [(found[1].isoformat(), d.text) for d in self.commitment.dates if (found := days_of(d.iso))]
        later = max((end for end in ends if end[0] > self.day), default=None)
        if later and code != _ACTUAL_END:
            yield element("activity-date", narrative(later[1]), type=str(_PLANNED_END), **{"iso-date": later[0]})

    def countries(self) -> Iterator[Element]:
        codes = [code for country in self.index.countries(self.commitment)[1] if (code := alpha2(country))]
        if not codes:
            yield element("recipient-region", code=self.seeds["no_country"], vocabulary="1")
            return
        for code, share in zip(codes, shares(len(codes)), strict=True):
            yield element("recipient-country", code=code, **share)

    def sectors(self) -> Iterator[Element]:
        """In vocabulary 2, OECD DAC 3-digit."""
        parents = self.seeds["sectors"]
        codes = list(dict.fromkeys(parents.get(code, code) for code in self.commitment.sectors))
        codes = codes or [self.seeds["no_sector"]]
        for code, share in zip(codes, shares(len(codes)), strict=True):
            yield element("sector", vocabulary="2", code=code, **share)

    def projects(self) -> Iterator[Element]:
        """A `tag` of the reporter's own vocabulary (99) for each project, shared by its activities."""
        for name in dict.fromkeys(self.commitment.projects):
            yield element("tag", narrative(self.index.name(name)), vocabulary="99", code=self.index.key(name))

    def transactions(self) -> Iterator[Element]:
        """One for each amount with a value and a currency, on the day of the commitment."""
        flow = self.commitment.flow
        code = self.seeds["transactions"].get(flow.instrument, {}).get(self.commitment.status) if flow else None
        if flow and code:
            for amount in self.commitment.amounts:
                if amount.value is not None and amount.currency is not None:
                    yield self._transaction(code, flow, amount, amount.value, amount.currency)

    def _transaction(self, code: int, flow: Flow, amount: Amount, value: float, currency: str) -> Element:
        day = self._day_of_commitment()
        money = element("value", **{"value-date": day, "currency": currency})
        money.text = format(Decimal(str(value)).normalize(), "f")
        terms = [f"{term}: {words}" for term, words in flow.terms.items()]
        made = element(
            "transaction",
            element("transaction-type", code=str(code)),
            element("transaction-date", **{"iso-date": day}),
            money,
            element("description", narrative("; ".join([amount.text, *terms]))),
        )
        for tag, actors in zip(("provider-org", "receiver-org"), self.index.sides(self.commitment), strict=True):
            if names := self._names(actors):
                made.append(element(tag, narrative(names)))
        made.append(element("finance-type", code=str(self.seeds["finance_types"][flow.instrument])))
        return made

    def _day_of_commitment(self) -> str:
        """The last single day in the commitment that has passed, else the article's."""
        single = (days_of(d.iso) for d in self.commitment.dates if d.precision == "day")
        past = [found[0].isoformat() for found in single if found and found[0].isoformat() <= self.day]
        return max(past, default=self.day)
