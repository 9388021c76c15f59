"""Decisions beside a newer record of their article: the same commitment there, what still holds, and how it is carried.

A decision stands while the record says what the person saw, or what the person made of it, and its sentences are in the
text. What a person added stands as long as its sentences do, since no record has ever said it.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from pipeline.gold.importer import Offsets
from pipeline.record import Actor, Commitment, Project, Quote, Record
from pipeline.review.accepted.decisions import ACCEPTED, COLUMNS, Decided, Row, changed, clipped, entities, overlap
from pipeline.review.edits.working import State, Working, ends_of, with_ends
from pipeline.values.gazetteer.names import key

ALIKE = 50  # of 100: how like two sentences must be, where the text has changed
_ALIKE = str.maketrans(
    "\u2018\u2019\u02bc`\u00b4\u201c\u201d\u201e\u00ab\u00bb\u2010\u2011\u2012\u2013\u2014\u2212",
    "'''''\"\"\"\"\"------",
)
ABSENT = "the new record does not have it"
Move = Callable[[Any], Offsets | None]  # where a span of one text is in the other


class Stated(NamedTuple):
    """A row, and the digest of the text that states it."""

    sha256: str
    row: Row


def matches(known: Sequence[Stated], found: Sequence[Stated]) -> list[int | None]:
    """For each known row the index of the found row that is the same commitment; each is used once, the best first.

    In one text their triggers overlap, or their sentences do and the kind is the same. In two texts their sentences are
    alike, and the words of the trigger or the kind are the same.
    """
    scored = [
        (value, a, b) for a, one in enumerate(known) for b, other in enumerate(found) if (value := _score(one, other))
    ]
    paired: dict[int, int] = {}
    for _, a, b in sorted(scored, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if a not in paired and b not in paired.values():
            paired[a] = b
    return [paired.get(a) for a in range(len(known))]


def _score(stated: Stated, other: Stated) -> float:
    """0 where they are not the same; else more, the more is equal."""
    a, b = stated.row, other.row
    kind = a.kind == b.kind
    if stated.sha256 == other.sha256:
        trigger = overlap(a.trigger, b.trigger)
        same: float = trigger or (kind and any(overlap(one, two) for one in a.evidence for two in b.evidence))
        score = same and 2 * trigger + kind
    else:
        trigger = _plain(a.trigger.text) == _plain(b.trigger.text)
        pairs = [(_plain(one.text), _plain(two.text)) for one in a.evidence for two in b.evidence]
        alike = max((fuzz.ratio(*pair) for pair in pairs), default=0) if trigger or kind else 0
        same = alike >= ALIKE and alike
        score = same and alike / 25 + trigger + kind
    return score + sum(column.of(a) == column.of(b) for column in COLUMNS) / len(COLUMNS) if same else 0


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def places(text: str, words: str) -> list[Offsets]:
    """Where the words stand in the text; whole words, in any case; spaces, quotation marks and dashes may differ."""
    form = r"\s+".join(map(re.escape, words.translate(_ALIKE).split()))
    whole = rf"(?:(?<!\w)|(?=\W)){form}(?:(?!\w)|(?<=\W))"
    return [match.span() for match in re.finditer(whole, text.translate(_ALIKE), re.IGNORECASE)] if form else []


class Compared(NamedTuple):
    """A decision beside a record: the id of its commitment there, if any, and what has changed, in words."""

    decided: Decided
    commitment: str | None
    changes: list[str]

    @property
    def reopened(self) -> str | None:
        """Why the decision does not hold any more; only what was accepted is reopened."""
        if self.decided.decision not in (ACCEPTED, None):
            return None
        earlier = [self.decided.reopened] if self.decided.reopened else []
        return "; ".join([*self.changes, *earlier]) or None


def compare(rows: Sequence[Decided], text: str, sha256: str, found: dict[str, Row]) -> list[Compared]:
    """The decisions on an article beside a record of it, given by its text, the digest of that, and its rows."""
    at = matches([Stated(one.sha256, one.row) for one in rows], [Stated(sha256, row) for row in found.values()])
    compared = []
    for one, index in zip(rows, at, strict=True):
        name = None if index is None else list(found)[index]
        gone = gone_from(one, text, sha256)
        if one.before is None and not gone:
            changes = []  # what a person added
        elif name is not None:
            changes = [*changed(found[name], one.row, one.before), *text_changes(found[name], gone)]
        else:
            changes = [f"its words are not in the text any more: {clipped(gone[0])}" if gone else ABSENT]
        compared.append(Compared(one, name, changes))
    return compared


def gone_from(one: Decided, text: str, sha256: str) -> list[str]:
    """The sentences of a row that a text has not."""
    return [] if one.sha256 == sha256 else [e.text for e in one.row.evidence if not places(text, e.text)]


def text_changes(now: Row, gone: list[str]) -> list[str]:
    """That the sentences of a row have changed, in words."""
    return [f"text: {clipped(now.evidence[0].text)}, was {clipped(gone[0])}"] if gone else []


def carried(target: Record, source: Record, commitment: Commitment, name: str | None = None) -> Record | None:
    """`target` with a commitment of `source`, in the place of its commitment `name`, or as a new one.

    Both are records of one article, maybe of two editions. Parties and projects are those of the same name, else they
    are added. None where the target's text lacks words of the commitment.
    """
    move = moving(source, target)
    spans = [commitment.trigger, *commitment.amounts, *commitment.dates, *commitment.evidence]
    if any(move(span) is None for span in spans):
        return None
    work, ends = Working(State(target)), ends_of(commitment)
    now = {one.id: _entity(work, source, one, move) for one in entities(source) if one.id in ends}
    name = name or work.new_id("c")
    fields: dict[str, Any] = {"id": name, "trigger": _moved(commitment.trigger, target, move)}
    for field in ("amounts", "dates", "evidence"):
        fields[field] = [_moved(part, target, move) for part in getattr(commitment, field)]
    evidence = [one.model_copy(update={"sentence": work.sentence_at(one.start)}) for one in fields["evidence"]]
    made = with_ends(commitment, lambda ids: [now[one] for one in ids])
    work.commitments[name] = made.model_copy(update=fields | {"evidence": evidence})
    return work.closed()


def moving(source: Record, target: Record) -> Move:
    """Where spans of the source's text are in the target's: at the same words in the same sentence."""
    if source.article.sha256 == target.article.sha256:
        return lambda span: (span.start, span.end)
    text, new = source.article.text, target.article.text

    def move(span: Any) -> Offsets | None:
        sentence = next((s for s in source.sentences if s.start <= span.start and span.end <= s.end), None)
        found = places(new, text[sentence.start : sentence.end]) if sentence else []
        if not sentence or not found:
            return None
        letters = [at for at in range(*found[0]) if not new[at].isspace()]  # white space may differ
        before, inside = (
            sum(not c.isspace() for c in part)
            for part in (text[sentence.start : span.start], text[span.start : span.end])
        )
        return (letters[before], letters[before + inside - 1] + 1) if inside else None

    return move


def _moved[T: Any](part: T, target: Record, move: Move) -> T:
    """A quote or a sentence at its offsets in the target."""
    start, end = move(part) or (part.start, part.end)
    words = {"text": target.article.text[start:end]} if hasattr(part, "text") else {}
    copied: T = part.model_copy(update={**words, "start": start, "end": end})
    return copied


def _entity(work: Working, source: Record, entity: Actor | Project, move: Move) -> str:
    """The id of an actor or project, which is added where none has its name; of some the one with the same id."""
    own: dict[str, Any] = work.actors if isinstance(entity, Actor) else work.projects
    same = [name for name, one in own.items() if key(one.name) == key(entity.name)]
    if same:
        return entity.id if entity.id in same else same[0]
    name = work.new_id("a" if isinstance(entity, Actor) else "p")
    own[name] = entity.model_copy(update={"id": name, "mentions": []})
    for mention in (one for one in source.mentions if one.entity == entity.id):
        span = move(mention)
        near = [one for one in work.mentions.values() if span and one.start < span[1] and span[0] < one.end]
        if span and not near:
            value = None if isinstance(mention.value, Quote) else mention.value  # a number with offsets names nobody
            made = {"id": work.new_id("m"), "sentence": work.sentence_at(span[0]), "entity": None, "value": value}
            near = [_moved(mention, work.record, move).model_copy(update=made)]
            work.mentions[near[0].id] = near[0]
        if [(one.start, one.end, one.entity) for one in near] == [(*(span or ()), None)]:
            work.link(near[0].id, name)
    return name
