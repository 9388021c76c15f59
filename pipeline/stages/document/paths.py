"""The path between two words of a sentence in the parse, as a line of text that rules can match.

Passives, relative clauses, participles, coordination and control verbs are normalised: "A built B", "B, built by A" and
"A, which plans to build B" all give `subj<build>obj`.

A path goes up from the first word (`step<word`) to the common ancestor and down to the second (`word>step`), with
further words after a colon: `from<official:subj<attend>obj` is "officials from A attended B". Steps are `subj`, `obj`,
a preposition, or the parser's own label; words are lemmas.
"""

import re

from pipeline.stages.document.words import Word

MAX_STEPS = 8
Step = tuple[str, Word]  # label of the step, and the word it leads up to

_SUBJECTS = {"nsubj", "csubj"}
_OBJECTS = {"dobj", "nsubjpass", "csubjpass"}
_SHARED = {"conj", "xcomp", "advcl", "ccomp"}  # clauses that may share the subject of the clause above
_CLAUSES = {"acl", "relcl"}
_RELATIVE = {"who", "which", "that", "whom"}
_MARKS = re.compile(r"[<>:\s]")


def climb(token: Word) -> list[Step]:
    """The first word of the coordination of a word, without a label, and the steps up from it, at most MAX_STEPS."""
    steps = [("", _first_of_list(token))]
    while (word := steps[-1][1]).head.i != word.i and len(steps) <= MAX_STEPS:
        label, above = _step(word)
        steps.append((label, above if label in _SHARED else _first_of_list(above)))
    return steps


def path(up: list[Step], down: list[Step]) -> str | None:
    """The path between two words, given what `climb` returns for each; None where they do not meet."""
    positions = {word.i: n for n, (_, word) in enumerate(up)}
    for n, (_, word) in enumerate(down):
        if word.i in positions:
            return _text(up[1 : positions[word.i] + 1], word, down[1 : n + 1], down[0][1])
    return None


def _first_of_list(word: Word) -> Word:
    """The first of coordinated or apposed nouns, which has the function of all of them."""
    while word.dep == "appos" or (word.dep == "conj" and word.pos not in ("VERB", "AUX")):
        word = word.head
    return word


def _step(word: Word) -> Step:
    head = word.head
    if word.dep not in ("pobj", "pcomp") or head.dep not in ("prep", "agent", "dative", "prt"):
        return "subj" if word.dep in _SUBJECTS else "obj" if word.dep in _OBJECTS else word.dep, head
    label = "subj" if head.dep == "agent" else head.lower
    above = head.head
    return label, above.head if above.dep == "prep" else above  # "along with", "in front of"


def _text(up: list[Step], meet: Word, down: list[Step], right: Word) -> str:
    labels = [label for label, _ in reversed(down)]
    words = [word for _, word in reversed(down)] or [meet]  # the meeting point, then what leads down from it
    if not up:
        if len(words) > 1 and labels[0] in _CLAUSES:  # the noun has a role in the clause: "B, built by A"
            up, words, labels = [(_role(words[1], labels[0]), words[1])], words[1:], labels[1:]
    elif not labels and up[-1][0] in _CLAUSES:
        words = [up[-2][1] if len(up) > 1 else right]
        labels, up = ([_role(up[-2][1], up[-1][0])], up[:-1]) if len(up) > 1 else ([up[-1][0]], up[:-1])
    if up and up[-1][0] == "subj":
        while len(words) > 1 and _shares_subject(words[1], labels[0]):  # "A met B and signed C"
            words, labels = words[1:], labels[1:]
    left = ":".join(f"{label}<{'' if n == len(up) - 1 else _name(word)}" for n, (label, word) in enumerate(up))
    right_text = ":".join(
        f"{_name(word) if n else ''}>{label}" for n, (word, label) in enumerate(zip(words, labels, strict=False))
    )
    return left + _name(words[0]) + right_text


def _shares_subject(verb: Word, label: str) -> bool:
    """Whether a clause has its subject from the clause above: "wants to sign", "left after signing"."""
    has_subject = any(child.dep in ("nsubj", "nsubjpass", "csubj", "agent") for child in verb.children)
    return (label in _SHARED or verb.dep == "pcomp") and verb.tag.startswith("V") and not has_subject


def _role(verb: Word, label: str) -> str:
    """The role of a noun in the clause that describes it."""
    if label == "acl":
        return "obj" if verb.tag == "VBN" else "subj"
    relative = [child for child in verb.lefts if child.lower in _RELATIVE]
    return "subj" if relative and relative[0].dep in _SUBJECTS else "obj"


def _name(word: Word) -> str:
    return _MARKS.sub("_", word.lemma)
