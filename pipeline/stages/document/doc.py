"""The staged Doc: what each stage finds, as plain objects with character offsets, and the extension that holds it.

Tokens and sentences are spaCy's own; a mention may end inside a token ("LAHORE:With"), so everything here counts
characters of the article, never tokens. All lists are in reading order.

| stage | writes |
| --- | --- |
| sentences | `doc.sents` (`Token.is_sent_start`) |
| encoding | `doc._.encoding`, in the default profile |
| boilerplate | `doc._.boilerplate` (numbers of sentences) |
| entities | `doc._.mentions` |
| references | `doc._.entities`, `doc._.references` |
| sectors | `doc._.sectors`, `Entity.sectors` |
| relations | `doc._.relations` |
| commitments | `doc._.commitments` |
| reader, if there is one | `doc._.record`, which `assemble` then returns |
| any | `doc._.limits` |
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from spacy.tokens import Doc
from spacy.tokens import Span as SpacySpan

from pipeline.record import (
    ActorKind,
    Amount,
    Article,
    CommitmentKind,
    Date,
    Instrument,
    Label,
    LimitName,
    Quantity,
    RelationType,
    Sector,
    Status,
    Term,
)
from pipeline.settings import LIMITS, Profile
from pipeline.stages.document.home import home_of
from pipeline.stages.models.encoder import Encoding
from pipeline.values.currencies import Home

UNSPACED = re.compile(rf"(?<!\S)\S{{{LIMITS.word + 1},}}")  # a run without spaces that is too long for a word
Value = Amount | Date | Quantity | str


@dataclass(eq=False)
class Entity:
    """An actor or a project (`kind` is None for a project), before it has an id."""

    name: str
    kind: ActorKind | None
    country: str | None = None  # actors: ISO 3166-1 alpha-3
    role: str | None = None  # persons
    programme: bool = False  # projects
    countries: list[str] = field(default_factory=list)  # projects
    sectors: list[Sector] = field(default_factory=list)  # projects, written by the sectors stage
    confidence: float = 1.0

    @property
    def is_actor(self) -> bool:
        return self.kind is not None


@dataclass(eq=False)
class Mention:
    """A labelled span. `entity` is set by the references stage; `value` is the normalised amount, date, country ..."""

    label: Label
    start: int
    end: int
    sentence: int
    confidence: float = 1.0
    method: str = "rules"
    value: Value | None = None
    entity: Entity | None = None


@dataclass(eq=False)
class Reference:
    """Words that refer to an entity and are no mention: "the minister", "the corridor", "he" (`pronoun`)."""

    start: int
    end: int
    entity: Entity
    pronoun: bool = False
    confidence: float = 1.0


@dataclass(eq=False)
class Relation:
    """Two related ends: entities, or mentions for EVENT, PLACE and AGREEMENT. `start`, `end`: the evidence."""

    subject: Entity | Mention
    type: RelationType
    object: Entity | Mention
    sentence: int
    start: int
    end: int
    confidence: float = 1.0
    method: str = "rules"


@dataclass(frozen=True)
class Flow:
    """Whose money goes where; `terms` in the words of the article."""

    instrument: Instrument
    provider: tuple[Entity, ...] = ()
    recipient: tuple[Entity, ...] = ()
    terms: dict[Term, str] = field(default_factory=dict)


@dataclass(eq=False)
class Commitment:
    """One undertaking. `sentences`: numbers of its evidence, the most specific first; trigger in characters.

    `sure`: by slot, of each filler a score of how likely it is right, of a status and an instrument one;
    `slot_confidence`: the same, calibrated; `whole`: by slot the probability that it holds just what it should.
    """

    kind: CommitmentKind
    status: Status
    trigger_start: int
    trigger_end: int
    sentences: list[int]
    by: list[Entity] = field(default_factory=list)
    with_: list[Entity] = field(default_factory=list)
    to: list[Entity] = field(default_factory=list)
    projects: list[Entity] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    dates: list[Date] = field(default_factory=list)
    sectors: list[str] = field(default_factory=list)
    flow: Flow | None = None
    attributed_to: Entity | None = None
    negated: bool = False
    boilerplate: bool = False
    confidence: float = 1.0
    row_confidence: float | None = None
    sure: dict[str, list[float]] = field(default_factory=dict)
    whole: dict[str, float] = field(default_factory=dict)
    slot_confidence: dict[str, list[float]] = field(default_factory=dict)
    method: str = "rules"


@dataclass(frozen=True)
class Limit:
    """A limit of LIMITS that an article reached; `start`: of the sentence that it applies to, in characters."""

    name: LimitName
    found: int
    kept: int
    start: int | None = None


EXTENSIONS: dict[str, object] = {
    "article": None,
    "sentences": None,
    "view": None,
    "boilerplate": frozenset(),
    "encoding": None,
    "mentions": [],
    "entities": [],
    "references": [],
    "sectors": [],
    "relations": [],
    "commitments": [],
    "limits": [],
    "record": None,
}

for _name, _default in EXTENSIONS.items():
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=_default)  # spaCy copies a mutable default for each Doc


def article_of(doc: Doc) -> Article | None:
    """The article that the Doc was made from; None for a Doc made from bare text."""
    article: Article | None = doc._.article
    return article


def profile_of(doc: Doc) -> Profile:
    """The profile that a Doc is read in: `default` where the encoder has read it."""
    return "fast" if encoding_of(doc) is None else "default"


def encoding_of(doc: Doc) -> Encoding | None:
    """What the encoder makes of the article; None in the fast profile, and where there is no word to read."""
    encoding: Encoding | None = doc._.encoding
    return encoding


def text_of(doc: Doc) -> str:
    """The text of the article, or of the Doc without one: spaCy builds `doc.text` anew at each access."""
    article = article_of(doc)
    return doc.text if article is None else article.text


def home(doc: Doc) -> Home:
    """The home countries of the article, which decide how shared signs and fiscal years are read."""
    article = article_of(doc)
    return home_of(text_of(doc), article and article.source, article and article.url)


def sentence_spans(doc: Doc) -> list[tuple[int, int]]:
    """Start and end of each sentence in characters, without surrounding white space, empty ones left out.

    Computed once a Doc: its sentence boundaries must be final.
    """
    if doc._.sentences is None:
        doc._.sentences = _sentences(doc)
    spans: list[tuple[int, int]] = doc._.sentences
    return spans


def _sentences(doc: Doc) -> list[tuple[int, int]]:
    text, spans = text_of(doc), []
    for start, end in pairwise([*(sent.start_char for sent in doc.sents), len(text)]):
        inside = text[start:end].rstrip()
        first = len(inside) - len(inside.lstrip())
        if inside:
            spans.append((start + first, start + len(inside)))
    return spans


class SentenceIndex:
    """Maps characters to sentences."""

    def __init__(self, doc: Doc) -> None:
        self.spans = sentence_spans(doc)
        self._starts = [start for start, _ in self.spans]

    def __call__(self, offset: int) -> int:
        """The number of the sentence that holds `offset`, or the one before it."""
        return max(0, bisect_right(self._starts, offset) - 1)


def strings_of(doc: Doc, attributes: Sequence[str]) -> list[list[str]]:
    """spaCy's strings of the tokens, one list for each attribute ("LOWER"); each distinct string is read once."""
    columns = [doc.to_array(attribute).tolist() for attribute in attributes]
    strings = {key: doc.vocab.strings[key] for key in set().union(*columns)}
    return [[strings[key] for key in column] for column in columns]


def tokens_of(doc: Doc, start: int, end: int) -> SpacySpan:
    """The tokens that the characters touch."""
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None:
        raise ValueError(f"no tokens at {start}:{end}")
    return span


def entity_spans(doc: Doc, *, pronouns: bool = True) -> list[tuple[int, int, Entity]]:
    """Every span that refers to an actor or a project: mentions and references, in reading order."""
    named = [(m.start, m.end, m.entity) for m in doc._.mentions if m.entity is not None]
    described = [(r.start, r.end, r.entity) for r in doc._.references if pronouns or not r.pronoun]
    return sorted(named + described, key=lambda span: span[:2])
