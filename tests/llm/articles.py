"""An article about a railway in Ghana as a record, answers about it, and what every record must keep to."""

from functools import cache
from typing import Any

from pipeline.llm.ground import Reading, ground
from pipeline.llm.prompt import Act, Answer, Prompt
from pipeline.llm.windows import prompts_of
from pipeline.record import (
    Actor,
    Amount,
    Article,
    Commitment,
    Date,
    Evidence,
    Flow,
    Mention,
    Project,
    Quote,
    Record,
    Relation,
    Sentence,
    SlotConfidence,
    Span,
    digest,
    quotes,
)
from pipeline.settings import Settings
from pipeline.stages.models.sectors import FOLDER, Model, read_model

SENTENCES = (
    "ACCRA: The Volta Bank said it would lend Ghana $120 million for the Tema rail\nspur, with a grace period of\n"
    "five years.",
    "Esi Owusu, the finance minister, said Ghana had signed the deal on 3 March 2025.",
    "Ms Owusu asked the Nordic Rail Fund for a grant of\n€15 million by June 2027, and Danish engineers will train\n"
    "the staff.",
    "The spur will carry manganese, which sells at $90 a tonne, and Ghana will spend $4m on two depots in Takoradi.",
    "About Volta Bank: it will open an office in Kumasi.",
)
TEXT = "\n".join(SENTENCES)
METHOD = "llm:small"
SURE: dict[str, Any] = {"confidence": 0.9, "method": "rules"}
MENTIONS: tuple[tuple[str, str, str | None], ...] = (
    ("ORG", "Volta Bank", "a1"),
    ("COUNTRY", "Ghana", "a2"),
    ("MONEY", "$120 million", None),
    ("PROJECT", "Tema rail\nspur", "p1"),
    ("PERSON", "Esi Owusu", "a3"),
    ("AGREEMENT", "the deal", "p2"),
    ("DATE", "3 March 2025", None),
    ("PERSON", "Ms Owusu", "a4"),
    ("ORG", "Nordic Rail Fund", "a5"),
    ("PROJECT", "The spur", "p3"),
    ("MONEY", "$90", None),
)
VALUES: dict[str, dict[str, Any]] = {
    "$120 million": {"value": 1.2e8, "currency": "USD"},
    "$90": {"value": 90.0, "currency": "USD"},
    "3 March 2025": {"iso": "2025-03-03", "precision": "day", "basis": "text"},
}


@cache
def sectors() -> Model:
    return read_model(Settings().models / FOLDER)


def at(words: str, text: str = TEXT) -> dict[str, Any]:
    """The quote of words where they stand first."""
    start = text.index(words)
    return {"text": words, "start": start, "end": start + len(words)}


def number_at(offset: int) -> int:
    """The number of the sentence at an offset."""
    return sum(TEXT.index(sentence) <= offset for sentence in SENTENCES) - 1


def value(label: str, words: str) -> Amount | Date | None:
    if words not in VALUES:
        return None
    return (Amount if label == "MONEY" else Date)(**at(words), **VALUES[words])


def mention(number: int, label: str, words: str, entity: str | None) -> Mention:
    place = at(words)
    fields = {"id": f"m{number}", "label": label, "sentence": number_at(place["start"]), "entity": entity}
    return Mention(**fields, **place, **SURE, value=value(label, words))


def actor(id: str, name: str, kind: Any, country: str | None = None, **more: Any) -> Actor:
    own = [f"m{n}" for n, (_, _, entity) in enumerate(MENTIONS, 1) if entity == id]
    fields = {"id": id, "name": name, "kind": kind, "country": country, "mentions": own, "confidence": 0.9}
    return Actor(**fields | more)


def project(id: str, name: str, **more: Any) -> Project:
    own = [f"m{n}" for n, (_, _, entity) in enumerate(MENTIONS, 1) if entity == id]
    return Project(**{"id": id, "name": name, "programme": False, "mentions": own, "confidence": 0.9} | more)


def evidence(*numbers: int) -> list[Evidence]:
    spans = [at(SENTENCES[number]) for number in numbers]
    return [Evidence(sentence=n, start=s["start"], end=s["end"]) for n, s in zip(numbers, spans, strict=True)]


def relation(subject: str, type: Any, object: str, number: int = 0) -> Relation:
    place = evidence(number)[0]
    span = Span(start=place.start, end=place.end)
    return Relation(subject=subject, type=type, object=object, sentence=number, evidence=span, **SURE)


def lent(**values: Any) -> Commitment:
    """The loan as the small models have it."""
    sides = {"by": [0.9], "to": [0.7], "provider": [0.9], "recipient": [0.7]}
    sure = SlotConfidence(status=0.8, projects=[0.6], instrument=0.9, **sides)
    parts: dict[str, Any] = {
        "id": "c1", "kind": "finance", "status": "pledged", "trigger": Quote(**at("would lend")), "by": ["a1"],
        "to": ["a2"], "projects": ["p1"], "amounts": [value("MONEY", "$120 million")], "evidence": evidence(0),
        "flow": Flow(instrument="loan", provider=["a1"], recipient=["a2"]), "row_confidence": 0.6,
        "slot_confidence": sure, "boilerplate": False, **SURE,
    }  # fmt: skip
    return Commitment(**parts | values)


def record(article: dict[str, Any] | None = None, **values: Any) -> Record:
    """The article with what Corridor found in it; two actors are one person, and two projects one railway."""
    fields = {"id": "ghana/1", "title": "Rail spur", "source": "The Harbour", "date": "2025-03-05", "text": TEXT}
    fields |= {"sha256": digest(TEXT), "language": "en"} | (article or {})
    places = [at(sentence) for sentence in SENTENCES]
    parts: dict[str, Any] = {
        "article": Article(**fields),
        "sentences": [
            Sentence(id=n, start=place["start"], end=place["end"], boilerplate=n == 4) for n, place in enumerate(places)
        ],
        "mentions": [mention(n, *row) for n, row in enumerate(MENTIONS, 1)],
        "actors": [
            actor("a1", "Volta Bank", "bank", aliases=["VB"]),
            actor("a2", "Ghana", "country", "GHA"),
            actor("a3", "Esi Owusu", "person", "GHA", role="finance minister"),
            actor("a4", "Owusu", "person"),
            actor("a5", "Nordic Rail Fund", "multilateral"),
        ],
        "projects": [
            project("p1", "Tema rail spur", countries=["GHA"]), project("p2", "deal"), project("p3", "the spur"),
        ],
        "relations": [relation("a1", "funds", "p1"), relation("a3", "represents", "a2", 1)],
        "commitments": [lent()],
    }  # fmt: skip
    return Record(**parts | values)


def story(*sentences: str) -> Record:
    """An article in which nothing was found."""
    text = " ".join(sentences)
    starts = [text.index(one) for one in sentences]
    return Record(
        article=Article(id="x", date="2025-03-05", sha256=digest(text), text=text),
        sentences=[Sentence(id=n, start=s, end=s + len(sentences[n])) for n, s in enumerate(starts)],
    )


def whole(of: Record) -> Prompt:
    """The only prompt of a short article."""
    (prompt,) = prompts_of(of)
    return prompt


LOAN: dict[str, Any] = {
    "sentence": 0, "trigger": "would lend", "kind": "finance", "status": "pledged", "by": ["a1"], "to": ["a2"],
    "projects": ["p1"], "amounts": ["m3"],
    "flow": {"instrument": "loan", "provider": ["a1"], "recipient": ["a2"]},
}  # fmt: skip


def act(**values: Any) -> dict[str, Any]:
    """The loan as an answer has it, with other values."""
    return LOAN | values


def answered(*acts: dict[str, Any], **lists: Any) -> Answer:
    """An answer of these acts; every part of it has the right form."""
    return Answer.model_validate({"commitments": [Act.model_validate(one) for one in acts], **lists})


def read(*acts: dict[str, Any], of: Record | None = None, **lists: Any) -> Reading:
    """What an answer says of the article, grounded."""
    of = of or record()
    return ground(of, [(whole(of), answered(*acts, **lists))], sectors(), METHOD)


def faults(of: Record) -> list[str]:
    """What is wrong with a record: a quote that does not stand in the text, an id that is not there or there twice."""
    text = of.article.text
    found = [f"quote {quote.text!r}" for quote in quotes(of) if text[quote.start : quote.end] != quote.text]
    actors, projects = [a.id for a in of.actors], [p.id for p in of.projects]
    mentions, commitments = [m.id for m in of.mentions], [c.id for c in of.commitments]
    ids = [*actors, *projects, *mentions, *commitments]
    found += [f"twice {name}" for name in set(ids) if ids.count(name) > 1]
    known = set(ids)
    named = [(m.entity, [*actors, *projects]) for m in of.mentions if m.entity]
    named += [(name, mentions) for entity in (*of.actors, *of.projects) for name in entity.mentions]
    named += [(name, ids) for r in of.relations for name in (r.subject, r.object)]
    for one in of.commitments:
        flow = one.flow or Flow(instrument="other")
        parties = [*one.by, *one.with_, *one.to]
        named += [(name, actors) for name in (*parties, *flow.provider, *flow.recipient)]
        named += [(one.attributed_to, actors)] if one.attributed_to else []
        named += [(name, projects) for name in one.projects]
        found += [f"two slots of {one.id}"] if len(set(parties)) < len(parties) else []
        found += [f"terms {words}" for words in flow.terms.values() if words not in text]
        found += [] if {e.sentence for e in one.evidence} <= set(range(len(of.sentences))) else ["evidence"]
    found += [f"id {name}" for name, among in named if name not in among or name not in known]
    names = [(entity.name, *entity.aliases) for entity in (*of.actors, *of.projects)]
    return found + [f"a name without letters: {own}" for own in names if not any(map(str.isalpha, own[0]))]
