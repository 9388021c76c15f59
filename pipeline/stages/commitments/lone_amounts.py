"""Gives the one sum of a sentence to the one undertaking of money in it that has none.

Hard because the parse cuts sums off ("the allocation for the scheme is Rs1 billion"): nothing is given where another
sum, or another undertaking, stands in the sentence too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.doc import Commitment, Mention
from pipeline.record import Amount
from pipeline.stages.commitments.values import amount

KINDS = frozenset({"finance", "contract"})


def give_lone_amounts(text: str, mentions: Iterable[Mention], found: Sequence[Commitment]) -> None:
    """Gives commitments the sums that no clause took and that only one of them can mean."""
    sums = _by_sentence(text, mentions)
    groups: dict[int, list[Commitment]] = defaultdict(list)
    for commitment in found:
        groups[commitment.sentences[0]].append(commitment)
    for sentence, group in groups.items():
        lacking = [c for c in group if c.kind in KINDS and not c.amounts]
        taken = {a.start for c in group for a in c.amounts}
        if len(lacking) == 1 and len(sums[sentence]) == 1 and sums[sentence][0].start not in taken:
            lacking[0].amounts = sums[sentence]


def _by_sentence(text: str, mentions: Iterable[Mention]) -> dict[int, list[Amount]]:
    sums: dict[int, list[Amount]] = defaultdict(list)
    for mention in mentions:
        told = amount(text, mention) if mention.label == "MONEY" else None
        if told is not None:
            sums[mention.sentence].append(told)
    return sums
