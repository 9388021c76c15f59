"""The rules of the commitments stage that can be switched off.

`models/default/rules.csv` holds what each gains on held-out articles, as `corridor train ablation` measured it.
"""

RULES = {
    "given up": "backed out of, fell through: cancelled",
    "advice": "a body that can only ask proposes",
    "taken back": "money that somebody will suspend or withdraw is stalled or cancelled",
    "not done": "what is negated or not done so far takes its status from the parse",
    "denial": "a commitment that somebody denies is negated",
    "speakers": "whose words a commitment is",
    "implied parties": "the doer, counterpart and receiver that a clause leaves out",
    "nearest project": "the project of the sentence, or of the one before",
    "dateline": "the day on which a story was written dates no commitment",
    "other items": "a party of another amount of a list has no part in this one",
    "repetition": "what an article states twice is one commitment",
}
