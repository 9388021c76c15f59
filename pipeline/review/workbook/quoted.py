"""What a cell says of the text of its article: where a trigger stands, and which amounts and dates are meant."""

from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError
from rapidfuzz import fuzz, process, utils

from pipeline.gold.importer import Offsets
from pipeline.record import Amount, Commitment, Date, Quote, Record
from pipeline.review.accepted.carrying import places
from pipeline.review.edits.fields import QUOTED_AS, Iso, day_of, read_in
from pipeline.review.edits.working import Refused
from pipeline.review.workbook.columns import joined, meaning, plain, shown
from pipeline.stages.document.home import home_of
from pipeline.values.dates import find_dates
from pipeline.values.money import find_money
from pipeline.values.quoted import amount_at, date_at

Value = Amount | Date
_NEAR = 45  # how alike (of 100) words must be to be offered
_LISTED = 8  # values of the article that a message lists


def trigger_at(record: Record, words: str, within: list[Offsets]) -> Offsets:
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


def quoted(record: Record, act: Commitment, slot: str, texts: list[str]) -> list[tuple[Value, Value]]:
    """The amounts or dates that a cell means: each as the article has it, and with the value that it shall have.

    A new one must stand in the article, in its words or with its value. Where one takes the place of another and stands
    nowhere, the value of the old one was read wrongly. Raises Refused for others that stand nowhere.
    """
    new, gone, made = list(texts), dict[Offsets, Value](), list[tuple[Value, Value]]()
    for old in getattr(act, slot):
        if (text := joined([shown(old)])) in new:
            new.remove(text)
            made.append((old, old))
        else:
            gone[old.start, old.end] = old
    for text in new:
        typed = _typed(record, slot, text)
        found = _in_text(record, act, slot, typed, {(one.start, one.end) for one, _ in made}, gone)
        if found is not None:
            gone.pop((found.start, found.end), None)
            known = meaning(found) is not None or meaning(typed) is None
            made.append((found, found if known else typed))
        elif len(gone) == 1 and meaning(typed) is not None:
            made.append((gone.popitem()[1], typed))
        else:
            words = dict.fromkeys(plain(record.article.text[start:end]) for start, end in _marked(record, slot))
            listed = ", ".join([*words][:_LISTED]) + (", ..." if len(words) > _LISTED else "") or "none"
            raise Refused(f"{text!r} does not stand in the article; of {slot} the article has {listed}")
    return made


def _typed(record: Record, slot: str, text: str) -> Value:
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
    record: Record, act: Commitment, slot: str, value: Value, used: set[Offsets], gone: Mapping[Offsets, Value]
) -> Value | None:
    """What the article has of a typed value: one that is gone from the cell, else its words, else its value.

    Best is one in the sentences of the commitment, near its trigger.
    """
    marked, worded = {*_marked(record, slot), *gone}, places(record.article.text, value.text)
    ranked: list[tuple[tuple[bool, bool, bool, int, int], Value]] = []
    for start, end in {*marked, *worded} - used:
        quote = Quote(text=record.article.text[start:end], start=start, end=end)
        read = gone.get((start, end)) or read_in(record, quote, slot, act.status)
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
    find = find_money if slot == "amounts" else find_dates
    mentions = [(mention.start, mention.end) for mention in record.mentions if mention.label == QUOTED_AS[slot]]
    return sorted({*mentions, *find(record.article.text)})
