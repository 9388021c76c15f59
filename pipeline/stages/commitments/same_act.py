"""Whether two commitments of an article state the same act, by a linear classifier over pairs, and what stays of them.

"Approved the loan" and "the loan, which it cleared on Monday" share neither a sentence nor a field. What they share is
how alike they are to the encoder, their words, parties, kinds, and how near they stand.
"""

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from spacy.tokens import Doc

from pipeline.stages.document.doc import Commitment, encoding_of, sentence_spans, text_of
from pipeline.stages.models.heads import Floats
from pipeline.stages.models.linear import ANY, Weights

WEIGHTS = "same_act.json"  # of the default profile: without the encoder nothing is gained
NEAR = 40  # commitments between two that are compared; keeps it linear in the length of the article
_WORD = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, eq=False)
class Statement:
    """A commitment with the words of its sentence, and the encoder's mean vectors of its trigger and its sentence.

    The vectors have length 1; there are none where the encoder has not read the article.
    """

    commitment: Commitment
    words: frozenset[str]
    vectors: tuple[Floats, ...]

    @cached_property
    def slots(self) -> dict[str, frozenset[Hashable]]:
        """What fills each slot."""
        own = self.commitment
        amounts = frozenset[Hashable]((amount.value, amount.currency) for amount in own.amounts)
        entities = {"by": own.by, "to": own.to, "projects": own.projects}
        return {"amounts": amounts} | {slot: frozenset(map(id, filled)) for slot, filled in entities.items()}


def statements(doc: Doc, found: Sequence[Commitment]) -> list[Statement]:
    """The commitments of a Doc as statements."""
    text, spans, encoding = text_of(doc).lower(), sentence_spans(doc), encoding_of(doc)
    made = []
    for one in found:
        start, end = spans[one.sentences[0]]
        both = ((one.trigger_start, one.trigger_end), (start, end))
        vectors = () if encoding is None else tuple(encoding.direction(*span) for span in both)
        made.append(Statement(one, frozenset(_WORD.findall(text, start, end)), vectors))
    return made


def features(one: Statement, other: Statement) -> list[str]:
    """The names of the features of a pair; the order of the two does not matter."""
    a, b = one.commitment, other.commitment
    kind, apart = a.kind == b.kind, abs(a.sentences[0] - b.sentences[0])
    words = min(8, int(12 * len(one.words & other.words) / (1 + min(len(one.words), len(other.words)))))
    found = [
        f"kinds {'+'.join(sorted((a.kind, b.kind)))}",
        f"statuses {'+'.join(sorted((a.status, b.status)))}",
        f"same kind {kind}",
        f"same status {a.status == b.status}",
        f"words {words}",
        f"words+kind {words} {kind}",
        f"apart {min(6, apart)}",
        f"sure {int(5 * min(a.confidence, b.confidence))} {int(5 * max(a.confidence, b.confidence))}",
        f"nouns {sum(commitment.method == 'rules:noun' for commitment in (a, b))}",
    ]
    for name, left, right in zip(("trigger", "sentence"), one.vectors, other.vectors, strict=False):
        cosine = max(0, int(20 * float(left @ right)))
        found += [f"{name} {cosine}", f"{name}+apart {cosine // 2} {min(2, apart)}"]
    for slot, own in one.slots.items():
        its = other.slots[slot]
        shared = "same" if own == its else "some" if own & its else "others" if own and its else "one"
        held = shared if own or its else "none"
        found += [f"{slot} {held}", f"{slot}+kind {held} {kind}"]
    if min(a.sentences[0], b.sentences[0]) == 0:
        found.append("first sentence")
    if one.slots["by"] & other.slots["to"] or other.slots["by"] & one.slots["to"]:
        found.append("crossed")
    return found


def pairs(found: Sequence[Statement]) -> Iterator[tuple[int, int]]:
    """The positions of the pairs that are compared, the first before the second."""
    return ((first, second) for second in range(len(found)) for first in range(max(0, second - NEAR), second))


def distinct(doc: Doc, found: list[Commitment], weights: Weights) -> list[Commitment]:
    """The commitments without those that state the act of a surer one, which they complete; likeliest pairs first."""
    made = statements(doc, found)
    likely = ((weights.probability(ANY, features(made[a], made[b])), a, b) for a, b in pairs(made))
    gone: set[int] = set()
    for _, first, second in sorted((one for one in likely if weights.stands(ANY, one[0])), key=lambda one: -one[0]):
        if not gone & {first, second}:
            kept, left = sorted((first, second), key=lambda at: (-found[at].confidence, at))
            gone.add(left)
            _complete(found[kept], found[left])
    return [one for at, one in enumerate(found) if at not in gone]


def _complete(best: Commitment, rest: Commitment) -> None:
    """Gives a commitment the sentences of another that states the same, and what it holds in slots that are empty."""
    best.sentences = [*best.sentences, *(n for n in rest.sentences if n not in best.sentences)]
    for role in ("by", "with_", "to", "projects", "amounts", "dates"):
        if not getattr(best, role):
            setattr(best, role, getattr(rest, role))
            slot = role.rstrip("_")
            best.sure[slot], best.whole[slot] = rest.sure.get(slot, []), rest.whole.get(slot, 1.0)
