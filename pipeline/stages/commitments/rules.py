"""The rules of the commitments stage that can be switched off.

`models/default/rules.csv` holds what each gains on held-out articles, as `corridor train ablation` measured it.
"""

RULES = {
    "advice": "a body that can only ask proposes",
    "not done": "what is negated takes its status from the parse: not done so far, stalled, refused",
    "denial": "a commitment that somebody denies is negated",
    "speakers": "whose words a commitment is",
    "implied parties": "the doer, counterpart and receiver that a clause leaves out",
    "same act": "what a classifier takes for the same act is one commitment",
}
