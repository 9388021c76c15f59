"""The rules of the relations stage that can be switched off; the patterns themselves stand in `seeds/relations.yaml`.

`models/default/rules.csv` holds what each gains on held-out articles, as `corridor train ablation` measured it.
"""

RULES = {
    "order": "patterns over the order of words and names in a sentence",
    "paths": "patterns over paths in the parse",
    "offices": "whom a person with an office serves, where only the title says it",
    "names": "relations inside a name: the place of a factory, the topic of an event",
    "funding": "the government that a budget sentence leaves out",
    "signers": "whoever signs for a body represents it",
    "own country": "nobody serves another country than their own",
    "encoder": "pairs that the encoder finds likely",
    "one of": "of relations that a thing has one of, the likeliest",
}
