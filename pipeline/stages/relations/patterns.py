"""The spans that a relation can connect, and what the rules of `seeds/relations.yaml` find between those of a sentence.

One span may give two anchors: a capital is a place and may stand for its government. Each rule says which end is the
subject, and both ends must be of a kind that the type allows. The body that an office-holder serves may be named inside
the title, before it, or not at all: a national office serves the country. Budgets leave out the giver: "Rs2bn has been
allocated for the hospital".
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.record import RelationType
from pipeline.seeds import table
from pipeline.settings import LIMITS
from pipeline.stages.document.doc import Entity, Limit, Mention
from pipeline.stages.document.paths import climb, path
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word, root_of
from pipeline.stages.models.heads import REFERENCE
from pipeline.values.gazetteer.names import key

End = Entity | Mention
FREE_ENDS = {"EVENT": "event", "PLACE": "place", "AGREEMENT": "agreement"}  # labels that are ends without an entity
BARE = {"ROLE": "role", "NORP": "norp", "MONEY": "money"}  # no ends, but spans that rules match


@dataclass(frozen=True, eq=False)
class Anchor:
    """A span that refers to an end. `kind`: a kind of end in `seeds/relations.yaml`; `head`: its head in the parse."""

    start: int
    end: int
    kind: str
    target: End
    head: Word
    label: str = REFERENCE  # of the mention, if it is one


def find_anchors(view: ArticleView) -> Iterator[Anchor]:
    """The anchors of an article, in no particular order."""
    long_forms = _long_forms(view)
    for mention in view.doc._.mentions:
        yield from _of_mention(view, mention, long_forms)
    for reference in view.doc._.references:
        yield _anchor(view, reference.start, reference.end, entity_kind(reference.entity), reference.entity)
    yield from _generic_events(view)


def sentences_of(view: ArticleView, anchors: list[Anchor]) -> list[tuple[int, list[Anchor]]]:
    """The anchors of each sentence that has any, in reading order, at most the first LIMITS.places."""
    sentences: dict[int, list[Anchor]] = {}
    for anchor in sorted(anchors, key=lambda anchor: (anchor.start, anchor.end, anchor.kind)):
        sentences.setdefault(view.sentence_of(anchor.start), []).append(anchor)
    for own in (inside for inside in sentences.values() if len(inside) > LIMITS.places):
        view.doc._.limits.append(Limit("places", len(own), LIMITS.places, own[0].start))
        del own[LIMITS.places :]
    return sorted(sentences.items())


def entity_kind(entity: Entity) -> str:
    """`person`, `country`, `group`, `org`, `project` or `programme`."""
    if entity.kind is None:
        return "programme" if entity.programme else "project"
    return entity.kind if entity.kind in ("person", "country", "group") else "org"


def _anchor(view: ArticleView, start: int, end: int, kind: str, target: End, label: str = REFERENCE) -> Anchor:
    return Anchor(start, end, kind, target, view.root(start, end), label)


def _of_mention(view: ArticleView, mention: Mention, long_forms: dict[int, Mention]) -> Iterator[Anchor]:
    kind = FREE_ENDS.get(mention.label) or BARE.get(mention.label)
    if mention.label == "COUNTRY" and mention.entity is None:
        kind = "place"
    if kind:
        yield _anchor(view, mention.start, mention.end, kind, long_forms.get(id(mention), mention), mention.label)
    if mention.entity is not None:
        kind = entity_kind(mention.entity)
        kind = "capital" if kind == "country" and mention.label == "PLACE" else kind
        yield _anchor(view, mention.start, mention.end, kind, mention.entity, mention.label)


def _long_forms(view: ArticleView) -> dict[int, Mention]:
    """The long form of each short one, by its id: "memorandum of understanding (MoU)"."""
    pairs = pairwise(view.mentions)
    alike = ((long, short) for long, short in pairs if long.label == short.label and short.label in FREE_ENDS)
    return {id(short): long for long, short in alike if view.mentions.gap(long, short).strip() == "("}


def _generic_events(view: ArticleView) -> Iterator[Anchor]:
    """Definite nouns ("the meeting") that refer to the last event before them.

    Those under `any` refer to any event, those under `meetings` to one whose head is not under `other`.
    """
    events = [(mention, view.words_in(mention.start, mention.end)) for mention in view.mentions.labelled("EVENT")]
    if not events:
        return
    taken = {word.i for _, words in events for word in words}
    generic, last, number = table(SEEDS)["generic_events"], dict[str, Mention](), 0
    for word in view.words:
        while number < len(events) and events[number][0].end <= word.idx:
            event, words = events[number]
            head = root_of(words).lower
            known = () if head in generic["other"] else generic["meetings"]
            last |= dict.fromkeys(("any", head, *known), event)
            number += 1
        noun = "any" if word.lower in generic["any"] else word.lower if word.lower in generic["meetings"] else ""
        if (referred := last.get(noun)) and word.i not in taken:
            before = [child.lower for child in word.lefts if child.dep != "punct"]
            if before in (["the"], ["this"]):
                yield Anchor(word.idx, word.end, "event", referred, word)


SEEDS = "relations.yaml"
Sentences = list[tuple[int, list[Anchor]]]  # by number

# How an anchor is written in the coded sentence; all other words are in lower case.
CODES = {
    "person": "P", "role": "R", "org": "O", "group": "G", "country": "C", "norp": "N", "capital": "L", "place": "L",
    "project": "J", "programme": "J", "event": "E", "agreement": "A", "money": "M",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One way to state a relation; `confidence` is its measured precision."""

    name: str
    type: RelationType
    subjects: frozenset[str]
    objects: frozenset[str]
    pattern: re.Pattern[str]
    confidence: float


@dataclass(frozen=True, eq=False)
class Finding:
    rule: Rule
    subject: Anchor
    object: Anchor


@cache
def rules(form: str) -> tuple[Rule, ...]:
    """The rules of a form, `path` or `order`, the most confident first."""
    found = [_rule(name, row, row[form]) for name, row in table(SEEDS)["rules"].items() if form in row]
    return tuple(sorted(found, key=lambda rule: -rule.confidence))


@cache
def rule(name: str) -> Rule:
    """A rule that code applies: it has no pattern."""
    return _rule(name, table(SEEDS)["rules"][name], "")


def by_path(anchors: list[Anchor]) -> Iterator[Finding]:
    """The findings from the path between each pair of anchors in the parse."""
    climbed = [(anchor, climb(anchor.head)) for anchor in anchors]
    for left, up in climbed:
        for right, down in climbed:
            candidates = _candidates(left.kind, right.kind)
            if candidates and left.target is not right.target:
                line = path(up, down)
                if line is not None:
                    yield from (Finding(found, left, right) for found in candidates if found.pattern.fullmatch(line))


def by_order(text: str, anchors: list[Anchor]) -> Iterator[Finding]:
    """The findings from the order of words."""
    line, anchors_at = code(text, anchors)
    for found in rules("order"):
        for match in found.pattern.finditer(line):
            for subject in covered(anchors_at, match.span("s")):
                for object_ in covered(anchors_at, match.span("o")):
                    fits = subject.kind in found.subjects and object_.kind in found.objects
                    if fits and subject.target is not object_.target:
                        yield Finding(found, subject, object_)


def covered(anchors_at: dict[int, list[Anchor]], span: tuple[int, int]) -> list[Anchor]:
    """The anchors that a span of the coded sentence covers; see `code`."""
    return [anchor for at in range(*span) for anchor in anchors_at.get(at, ())]


def code(text: str, anchors: list[Anchor]) -> tuple[str, dict[int, list[Anchor]]]:
    """The sentence with each anchor as one letter (CODES), and the anchors that each letter stands for."""
    pieces: list[str] = []
    anchors_at: dict[int, list[Anchor]] = {}
    length, at = 0, max(0, anchors[0].start - 12) if anchors else 0
    for anchor in anchors:
        if anchor.start < at and anchors_at:  # the same words again, as another kind of end
            anchors_at[length - 1].append(anchor)
            continue
        gap = text[at : anchor.start].lower().replace("\n", " ")
        pieces += [gap, CODES[anchor.kind]]
        length, at = length + len(gap) + 1, anchor.end
        anchors_at[length - 1] = [anchor]
    return "".join(pieces) + text[at : at + 80].lower().replace("\n", " "), anchors_at


@cache
def _candidates(subject: str, object_: str) -> tuple[Rule, ...]:
    return tuple(found for found in rules("path") if subject in found.subjects and object_ in found.objects)


def _rule(name: str, row: dict[str, object], pattern: object) -> Rule:
    allowed = table(SEEDS)["types"][row["type"]]
    subjects, objects = _kinds(name, row, allowed, "subject"), _kinds(name, row, allowed, "object")
    compiled = re.compile(expanded(str(pattern)))
    return Rule(name, row["type"], subjects, objects, compiled, float(str(row["confidence"])))  # type: ignore[arg-type]


def _kinds(name: str, row: dict[str, object], allowed: dict[str, list[str]], end: str) -> frozenset[str]:
    kinds = row.get(end, allowed[end])
    assert isinstance(kinds, list)
    if not set(kinds) <= set(allowed[end]):
        raise SetupError(f"seeds/{SEEDS}: rule {name}: {row['type']} allows as {end} only {allowed[end]}")
    return frozenset(kinds)


def expanded(pattern: str) -> str:
    """Fills in `{class}` from the words and shapes of the seeds."""
    words = {name: f"(?:{'|'.join(group)})" for name, group in table(SEEDS)["words"].items()}
    for name, value in (table(SEEDS)["shapes"] | words).items():
        pattern = pattern.replace("{" + name + "}", value)
    return pattern


class Bodies:
    """The organisations and countries of an article, by their names."""

    def __init__(self, doc: Doc, text: str) -> None:
        names: dict[str, Entity] = {}
        for entity, name in _named(doc, text):
            names.setdefault(name, entity)
            names.setdefault(government_of(name), entity)
        self._by_name = {name: entity for name, entity in names.items() if len(name) > 1}
        self._longest = max((len(name.split()) for name in self._by_name), default=0)
        self._countries = {entity.country: entity for entity in doc._.entities if entity.kind == "country"}
        self.provinces = list(
            {id(e): e for n, e in names.items() if government_of(n) or n == "provincial government"}.values()
        )
        self.federal = names.get("federal government") or names.get("government")

    def in_title(self, title: str) -> Entity | None:
        """The body with the longest name in a title."""
        words = title.split()
        for length in range(min(len(words), self._longest), 0, -1):
            for start in range(len(words) - length + 1):
                if (entity := self._by_name.get(" ".join(words[start : start + length]))) is not None:
                    return entity
        return None

    def nation(self, actor: End) -> Entity | None:
        """The country of an actor, where the article has it as an actor."""
        return self._countries.get(actor.country) if isinstance(actor, Entity) and actor.country else None


def find_offices(text: str, anchors: list[Anchor], bodies: Bodies) -> Iterator[Finding]:
    """The body or country that each office in the sentence belongs to."""
    for anchor in anchors:
        nation = bodies.nation(anchor.target)
        if anchor.kind == "org" and nation is not None and _matches("embassies", key(text[anchor.start : anchor.end])):
            yield _finding("embassy", anchor, anchor, nation)
    if any(anchor.kind == "person" for anchor in anchors):
        for person, role in _held(text, anchors):
            yield from _served(key(text[role.start : role.end]), person, role, bodies)


def _held(text: str, anchors: list[Anchor]) -> Iterator[tuple[Anchor, Anchor]]:
    """Each person of the sentence with an office; a title alone may refer to its holder ("the WAPDA chairman")."""
    line, anchors_at = code(text, anchors)
    title = table(SEEDS)["shapes"]["title"]
    for match in re.finditer(rf"R{title}P|P,? (?:the |an? |who is |as )?R|[RP]", line):
        inside = covered(anchors_at, match.span())
        people = [anchor for anchor in inside if anchor.kind == "person"]
        roles = [anchor for anchor in inside if anchor.kind == "role"]
        if people and roles:
            yield people[0], roles[0]


def _served(title: str, person: Anchor, role: Anchor, bodies: Bodies) -> Iterator[Finding]:
    named, nation = bodies.in_title(title), bodies.nation(person.target)
    if named is not None:
        yield _finding("office_of_body_in_title", person, role, named)
    elif "chief minister" in title and len(bodies.provinces) == 1:
        yield _finding("chief_minister", person, role, bodies.provinces[0])
    elif _matches("national_offices", title) and not _matches("local_offices", title):
        if nation is not None:
            yield _finding("national_office", person, role, nation)
        elif bodies.federal is not None:
            yield _finding("federal_office", person, role, bodies.federal)
    if nation is not None and _matches("envoys", title):
        yield _finding("envoy", person, role, nation)


def _finding(name: str, person: Anchor, role: Anchor, served: Entity) -> Finding:
    return Finding(rule(name), person, Anchor(role.start, role.end, entity_kind(served), served, role.head))


def _named(doc: Doc, text: str) -> Iterator[tuple[Entity, str]]:
    """Each organisation with each of its names."""
    for entity in doc._.entities:
        if entity.is_actor and entity_kind(entity) == "org":
            yield entity, key(entity.name)
            yield entity, "".join(word[0] for word in entity.name.split() if word[0].isupper()).lower()  # initials
    for mention in doc._.mentions:
        if mention.entity is not None and mention.entity.is_actor and entity_kind(mention.entity) == "org":
            yield mention.entity, key(text[mention.start : mention.end])


def government_of(name: str) -> str:
    """The province in "sindh government", "government of sindh"; else nothing."""
    match = re.fullmatch(r"(?:provincial )?(?:government|govt) of (.+)|(.+) (?:government|govt)", name)
    place = (match[1] or match[2]) if match else ""
    return "" if place in ("federal", "provincial", "local", "central") else place


def _matches(name: str, title: str) -> bool:
    return re.search(rf"\b(?:{'|'.join(table(SEEDS)[name])})\b", title) is not None


def find_funding(text: str, sentences: Sentences) -> list[tuple[int, Finding]]:
    """For each project that money is allotted to without a giver: the government that the article mentions most."""
    giver = _giver(sentences)
    if giver is None:
        return []
    return [(number, finding) for number, anchors in sentences for finding in _allotted(text, anchors, giver)]


def _giver(sentences: Sentences) -> Entity | None:
    """The government or country that the article mentions most, of those named as a government if there are any."""
    targets = (anchor.target for _, anchors in sentences for anchor in anchors)
    counts = Counter(end for end in targets if isinstance(end, Entity) and end.kind in ("government", "country"))
    word = re.compile(r"\b(?:government|govt)\b", re.IGNORECASE)
    return max([end for end in counts if word.search(end.name)] or counts, key=counts.__getitem__, default=None)


def _allotted(text: str, anchors: list[Anchor], giver: Entity) -> Iterator[Finding]:
    if not any(anchor.kind == "money" for anchor in anchors):
        return
    line, anchors_at = code(text, anchors)
    for match in re.finditer(expanded(table(SEEDS)["allotted"]), line):
        for anchor in anchors_at[match.start("o")]:
            if anchor.kind in ("project", "programme"):
                subject = Anchor(anchor.start, anchor.end, entity_kind(giver), giver, anchor.head)
                yield Finding(rule("allotted"), subject, anchor)
