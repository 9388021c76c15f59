"""Money that is set aside without a word for what belongs to the budget that the article tells of.

Hard because a budget is named once and its sums follow for pages; only words of allotment with a sum are taken for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.doc import Commitment, Entity, Mention
from pipeline.normalise.names import key
from pipeline.seeds import table


def give_budgets(text: str, mentions: Iterable[Mention], found: Sequence[Commitment]) -> None:
    """Gives sums that are allotted to no project to the budget that the article speaks of most."""
    words = table("commitments.yaml")["budgets"]
    budget = _budget(mentions, words["names"])
    if budget is None:
        return
    for commitment in found:
        trigger = text[commitment.trigger_start : commitment.trigger_end].lower()
        allots = any(word in trigger for word in words["allotting"])
        if commitment.kind == "finance" and commitment.amounts and not commitment.projects and allots:
            commitment.projects = [budget]


def _budget(mentions: Iterable[Mention], names: Sequence[str]) -> Entity | None:
    """The programme with the name of a budget that is mentioned most, of equals the first."""
    told = (mention.entity for mention in mentions if mention.entity is not None and mention.entity.programme)
    counted = Counter(entity for entity in told if any(name in key(entity.name) for name in names))
    return max(counted, key=lambda entity: counted[entity], default=None)
