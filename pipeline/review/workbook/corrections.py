"""The rows of an article as operations of a review: each changed cell is done, or refused with its place."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rapidfuzz import fuzz, process, utils

from pipeline.gold.check import problems
from pipeline.gold.importer import Offsets
from pipeline.record import Amount, Commitment, Date, Quote, Record
from pipeline.review.accepted.carrying import places
from pipeline.review.edits.fields import Iso, amount_of, date_of, day_of
from pipeline.review.edits.operations import edited
from pipeline.review.edits.working import Refused, State, in_slot, part_of, parts_of, slot_id
from pipeline.review.workbook.cells import DECISIONS, choices, joined, meaning, plain, shown
from pipeline.review.workbook.columns import FLOW, SHEETS, Column
from pipeline.review.workbook.read import Refuse, Row
from pipeline.stages.document.home import home_of
from pipeline.values.dates import find_dates
from pipeline.values.gazetteer.names import key
from pipeline.values.money import find_money
from pipeline.values.quoted import amount_at, date_at

Operation = dict[str, Any]
_NEAR = 45  # how alike (of 100) words must be to be offered
_LISTED = 8  # values of the article that a message lists


class Corrections:
    """An article under correction. `state`: its record now, and the decisions; `say`: called with what to check."""

    def __init__(self, record: Record, refuse: Refuse, say: Callable[[str], None]) -> None:
        self.state, self._before = State(record), record
        self._refuse, self._say = refuse, say
        self._lists = choices(record, record)

    def read(self, row: Row) -> str | None:
        """Corrects the part of the record that a row shows, or adds the one that a new row describes.

        Returns the decision on a commitment, if there is one that can be read. Of a rejected one no other cell is read.
        """
        name, decision = row.text("id"), row.text("decision").casefold()
        columns = [column for column in SHEETS[row.sheet].columns if column.name in row.cells]
        if name:
            part = part_of(self._before, name)
            columns = [column for column in columns if self._is_changed(row, column, part)]
            if any(column.name == "quote" for column in columns):
                reason = (
                    f"is not the sentence of {name}; its row was changed, or sorted in part, so nothing of it is read"
                )
                self._refuse(row.sheet, row.at("quote"), reason)
                return None
        elif decision != "rejected":
            needs = SHEETS[row.sheet].needs
            columns = [c for c in columns if c.name not in needs and (row.text(c.name) or row.cells[c.name].wrong)]
            name = self._added(row)
        if not name:
            return None
        columns.sort(key=lambda column: column.name == "instrument" and not row.text("instrument"))  # emptied last
        for column in columns:
            if not column.fixed and (decision != "rejected" or column.name == "decision"):
                with self._refusing(row, column.name):
                    self._do(self._operations(row, column, name))
        return decision if decision in DECISIONS else None

    @contextmanager
    def _refusing(self, row: Row, column: str) -> Iterator[None]:
        """Refuses a cell where what is tried with it cannot be done."""
        try:
            yield
        except Refused as error:
            self._refuse(row.sheet, row.at(column), str(error))

    def _do(self, operations: Iterable[Operation]) -> None:
        """Does all operations or none. Raises Refused for one that cannot be done."""
        state = self.state
        for operation in operations:
            state = edited(state, operation)
        if wrong := problems(state.record):
            raise Refused(wrong[0])
        self.state = state

    def _is_changed(self, row: Row, column: Column, part: Any) -> bool:
        cell = row.cells[column.name]
        return bool(cell.wrong) or not column.is_same(cell.text, column.text(self._before, part, self._lists))

    def _value(self, row: Row, column: Column) -> Any:
        if row.cells[column.name].wrong:
            raise Refused(row.cells[column.name].wrong)
        return column.read(row.cells[column.name].text, choices(self.state.record, self._before))

    def _added(self, row: Row) -> str:
        """The id of what a new row adds with the columns that it needs; empty where it cannot be added."""
        sheet, fields = SHEETS[row.sheet], dict[str, Any]()
        missing = [column for column in sheet.needs if not row.text(column)]
        if missing:
            reason = f"a new {sheet.noun} needs {' and '.join(missing)}; the row is not read"
            self._refuse(row.sheet, row.at(missing[0]), reason)
            return ""
        for column in sheet.columns:
            if column.name in sheet.needs:
                with self._refusing(row, column.name):
                    fields[column.name] = self._value(row, column)
        known = {part.id for part in parts_of(self.state.record)}
        with self._refusing(row, sheet.needs[0]):
            if len(fields) == len(sheet.needs):
                self._do([{"do": "add", "what": sheet.noun, "fields": self._placed(row, fields)}])
        return next((part.id for part in parts_of(self.state.record) if part.id not in known), "")

    def _placed(self, row: Row, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields of a new part of the record with its place in the text: its trigger, or its mentions."""
        record, what = self.state.record, SHEETS[row.sheet].needs[0]
        if what == "trigger":
            within = places(record.article.text, row.text("quote"))
            if row.text("quote") and not within:
                raise Refused("the words of the column quote are not in the article; paste a sentence of it")
            place = _trigger_at(record, fields.pop("trigger"), within)
            same = [act.id for act in record.commitments if (act.trigger.start, act.trigger.end) == place]
            fields |= {"start": place[0], "end": place[1]}
        else:
            name = key(fields["name"])
            same = [part.id for part in SHEETS[row.sheet].parts(record) if key(part.name) == name]
            fields["mentions"] = [m.id for m in record.mentions if m.entity is None and key(m.text) == name]
        if same:
            raise Refused(f"{same[0]} has this {what} already; correct its row, and put back its id if it is gone")
        return fields

    def _operations(self, row: Row, column: Column, name: str) -> list[Operation]:
        """The operations that make a part of the record what a cell says of it."""
        record, field = self.state.record, column.name
        part, value = part_of(record, name), self._value(row, column)
        if field == "decision":
            return [{"do": "decide", "id": name, "decision": "accepted" if value == "corrected" else value}]
        if not isinstance(part, Commitment) or field in ("kind", "status", "negated"):
            fields = {field: value}
        elif field == "trigger":
            start, end = _trigger_at(record, value, [(span.start, span.end) for span in part.evidence])
            if (start, end) == (part.trigger.start, part.trigger.end):
                return []
            fields = {"start": start, "end": end}
        elif field in FLOW:
            fields = {"flow": _flow(part, field, value)}
        elif field in ("amounts", "dates"):
            made = _quoted(record, part, field, value)
            if any(operation["do"] == "set" for operation in made):
                what = f"{row.text(field)!r} is not what the words of the article say; taken"
                self._say(f"sheet {row.sheet}, {row.at(field)}: {what}")
            return made
        else:
            old, new = in_slot(part, field), value if isinstance(value, list) else [value] if value else []
            gone = [{"do": "remove", "id": slot_id(name, field, end)} for end in old if end not in new]
            return gone + [{"do": "add_slot", "id": name, "slot": field, "value": end} for end in new if end not in old]
        return [] if column.value(record, part) == value else [{"do": "set", "id": name, "fields": fields}]


def _trigger_at(record: Record, words: str, within: list[Offsets]) -> Offsets:
    """Where a trigger stands: in the sentences of its commitment, else where it stands only once."""
    text = record.article.text
    spans = places(text, words)
    inside = [span for span in spans if any(start <= span[0] and span[1] <= end for start, end in within)]
    if inside or len(spans) == 1:
        return (inside or spans)[0]
    if spans:
        raise Refused(f"{words!r} stands {len(spans)} times in the article; paste its sentence into the column quote")
    near = (" ".join(text[start:end] for start, end in within) or text).split()
    pieces = [" ".join(near[at : at + len(words.split())]) for at in range(len(near))]
    best = process.extractOne(words, pieces, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR)
    raise Refused(f"{words!r} is not in the article" + (f"; did you mean {best[0]!r}?" if best else ""))


def _flow(act: Commitment, field: str, value: Any) -> dict[str, Any] | None:
    """The flow of money with another value in a field. Raises Refused for one without an instrument."""
    flow = act.flow.model_dump() if act.flow else {"instrument": None, "provider": [], "recipient": [], "terms": {}}
    flow[field] = value
    if flow["instrument"] is None and (flow["provider"] or flow["recipient"]):
        raise Refused("money that moves has an instrument: choose one, or empty provider and recipient too")
    return flow if flow["instrument"] else None


def _quoted(record: Record, act: Commitment, slot: str, texts: list[str]) -> list[Operation]:
    """The operations that make a slot the amounts or dates of a cell.

    A new one must stand in the article, in its words or with its value. Where one takes the place of another and stands
    nowhere, the value of the old one was read wrongly: it is set. Raises Refused for others that stand nowhere.
    """
    new, gone, used = list(texts), dict[Offsets, Amount | Date](), set[Offsets]()
    for old in getattr(act, slot):
        text, place = joined([shown(old)]), (old.start, old.end)
        if text in new:
            new.remove(text)
            used.add(place)
        else:
            gone[place] = old
    made: list[Operation] = []
    for text in new:
        value = _typed(record, slot, text)
        fields = value.model_dump(exclude={"text", "start", "end", "precision", "basis"})
        quoted = _in_text(record, act, slot, value, used, gone)
        if quoted is None:
            if len(gone) != 1 or meaning(value) is None:
                raise Refused(_nowhere(record, slot, text))
            _, old = gone.popitem()
            made.append({"do": "set", "id": slot_id(act.id, slot, old), "fields": fields})
            continue
        place = (quoted.start, quoted.end)
        used.add(place)
        if gone.pop(place, None) is None:
            made.append({"do": "add_slot", "id": act.id, "slot": slot, "start": quoted.start, "end": quoted.end})
        if meaning(quoted) is None and meaning(value) is not None:
            made.append({"do": "set", "id": slot_id(act.id, slot, quoted), "fields": fields})
    return [*({"do": "remove", "id": slot_id(act.id, slot, old)} for old in gone.values()), *made]


def _typed(record: Record, slot: str, text: str) -> Amount | Date:
    """What someone typed, as if it were the whole text."""
    article, quote = record.article, Quote(text=text, start=0, end=len(text))
    if slot == "amounts":
        home = home_of(article.text, article.source, article.url)
        return amount_at(text, 0, len(text), home) or Amount(**dict(quote), value=None)
    try:
        return Date(**dict(quote), iso=TypeAdapter(Iso).validate_python(text))
    except ValidationError:
        return date_at(text, 0, len(text), day_of(article.date))


def _in_text(
    record: Record, act: Commitment, slot: str, value: Amount | Date, used: set[Offsets], gone: Mapping[Offsets, Any]
) -> Amount | Date | None:
    """What the article has of a typed value: one that is gone from the cell, else its words, else its value.

    Best is one in the sentences of the commitment, near its trigger.
    """
    marked, worded = {*_marked(record, slot), *gone}, places(record.article.text, value.text)
    ranked: list[tuple[tuple[bool, bool, bool, int, int], Amount | Date]] = []
    for start, end in {*marked, *worded} - used:
        quote = Quote(text=record.article.text[start:end], start=start, end=end)
        read = amount_of(record, quote) if slot == "amounts" else date_of(record, quote, act.status)
        read = gone.get((start, end), read)
        by_words = (start, end) in worded and ((start, end) in marked or meaning(read) is not None)
        by_value = meaning(read) is not None and meaning(read) == meaning(value)
        in_sentence = any(sentence.start <= start and end <= sentence.end for sentence in record.sentences)
        if in_sentence and (by_words or by_value):
            apart = not any(evidence.start <= start < evidence.end for evidence in act.evidence)
            new, distance = (start, end) not in gone, abs(start - act.trigger.start)
            ranked.append(((new, not by_words, apart, distance, start), read))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _marked(record: Record, slot: str) -> list[Offsets]:
    """Where the article has amounts or dates."""
    label, find = ("MONEY", find_money) if slot == "amounts" else ("DATE", find_dates)
    mentions = [(mention.start, mention.end) for mention in record.mentions if mention.label == label]
    return sorted({*mentions, *find(record.article.text)})


def _nowhere(record: Record, slot: str, text: str) -> str:
    words = dict.fromkeys(plain(record.article.text[start:end]) for start, end in _marked(record, slot))
    listed = ", ".join([*words][:_LISTED]) + (", ..." if len(words) > _LISTED else "")
    return f"{text!r} does not stand in the article; of {slot} the article has {listed or 'none'}"
