"""Articles for the tests of pages: many alike, one with characters beyond 16 bits, one that means harm."""

from typing import Any

from builders import SOLES, commitment, record

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
    Sector,
    Sentence,
    digest,
)

KINDS = ("finance", "contract", "delivery", "policy")
STATUSES = ("agreed", "pledged", "stalled")
MANY = 60
EVIL = (
    "</script><script>window.harmed=1</script>",
    "<img src=x onerror='window.harmed=2'>",
    "<!--<script>",
    "\u2028{{constructor.constructor('window.harmed=3')()}}\u2029",
    "javascript:window.harmed=4",
    "\"><svg onload='window.harmed=5'>",
    "{a|${window.harmed=6}}",
    "\u202eevil",
)


def many() -> list[Record]:
    """Articles of some years and two sources, with commitments of all kinds, more and less sure."""
    found = []
    for number in range(MANY):
        told = {"date": f"{2021 + number % 5}-0{1 + number % 9}-11", "source": ("Wire", "Gazette")[number % 2]}
        more = commitment(
            id="c2", kind=KINDS[number % 4], status=STATUSES[number % 3], confidence=round(number / MANY, 4), to=[],
            amounts=[SOLES.model_copy(update={"value": 1e6 * (1 + number * 7 % MANY)})],
        )  # fmt: skip
        found.append(
            record(f"peru/{number}", told | {"title": f"Ring road, part {number}"}, commitments=[commitment(), more])
        )
    return found


def of_words(name: str, text: str, who: str, what: str, carrier: str, how_much: str, **article: Any) -> Record:
    """An article with one actor, one project and one commitment, found by their words."""

    def at(words: str) -> dict[str, Any]:
        start = text.index(words)
        return {"text": words, "start": start, "end": start + len(words)}

    local = name.replace("/", "")  # which such an id may not have
    sure: dict[str, Any] = {"confidence": 0.7, "method": who}
    amount = Amount(**at(how_much), value=5e6, currency=who)
    mentions = [("ORG", who, "a"), ("PROJECT", what, "p"), ("MONEY", how_much, None)]
    sector = Sector(code=who, label=what, confidence=0.5)
    actor = {"country": what, "role": who, "aliases": [what], "mentions": [f"{local}0"], "confidence": 0.9}
    project = {"programme": False, "aliases": [who], "countries": [who], "mentions": [f"{local}1"], "confidence": 0.9}
    values: dict[str, Any] = {"amounts": [amount], "dates": [Date(**at(who), iso=who)], "sectors": [what]}
    parties: dict[str, Any] = {"by": ["a"], "to": [what], "projects": ["p"], "attributed_to": "a"}
    told: dict[str, Any] = {"id": local, "kind": "finance", "status": "agreed", "trigger": Quote(**at(carrier))}
    evidence = [Evidence(sentence=0, start=0, end=len(text))]
    return Record(
        article=Article(**{"id": name, "sha256": digest(text), "text": text, **article}),
        sentences=[Sentence(id=0, start=0, end=len(text))],
        mentions=[
            Mention.model_validate(
                {"id": f"{local}{place}", "label": label, "sentence": 0, "entity": entity, **at(words), **sure}
            )
            for place, (label, words, entity) in enumerate(mentions)
        ],
        actors=[Actor.model_validate({"id": "a", "name": who, "kind": "company", **actor})],
        projects=[Project.model_validate({"id": "p", "name": what, "sectors": [sector], **project})],
        commitments=[Commitment(**told, **parties, **values, evidence=evidence, **sure)],
        sectors=[Sector(code=what, label=who, confidence=0.4)],
    )


def emoji() -> Record:
    """Flags and faces before the words that are pointed at."""
    text = "🇰🇪🚧 Nairobi 😀: " + "Rain fell. 🌧 " * 80 + "Kilima Works 🏗 will widen the Bamba road 🛣 for $5m. 🙂"
    return of_words(
        "emoji",
        text,
        "Kilima Works",
        "Bamba road 🛣",
        "will widen",
        "$5m",
        title="Bamba road 🛣",
        url="https://example.org/a?b=1&c=2",
    )


def arabic() -> Record:
    """Reads from right to left, but for its last line; a crane before the words that are pointed at."""
    text = "🏗 (نيروبي): ستوسع شركة كيليما طريق بامبا (2) مقابل 5 ملايين دولار.\nKilima says so."
    found = of_words("ar", text, "شركة كيليما", "طريق بامبا (2)", "ستوسع", "5 ملايين دولار", language="ar")
    actors = [found.actors[0].model_copy(update={"name_en": "Kilima Works"})]
    return found.model_copy(update={"actors": actors})


def hostile() -> Record:
    """Every text of it tries to become markup or script."""
    text = " and ".join(EVIL) + " signed, $5m"
    evil = {name: EVIL[0] for name in ("title", "source", "language")}
    return of_words(EVIL[0], text, EVIL[1], EVIL[6], "signed", "$5m", **evil, url=EVIL[4])


STATES = (("a4", "China", "CHN"), ("a5", "Pakistan", "PAK"), ("a6", "Japan", "JPN"))
FLOWS: tuple[dict[str, Any], ...] = (
    {
        "instrument": "loan",
        "provider": ["a4"],
        "recipient": ["a5"],
        "terms": {"interest": "2%", "maturity": "20 years"},
    },
    {"instrument": "loan", "provider": ["a4", "a6"], "recipient": ["a5"]},
    {"instrument": "grant", "provider": ["a4"], "recipient": ["a5"]},
    {"instrument": "loan", "provider": ["a6"], "recipient": ["a5"]},
    {"instrument": "repayment", "provider": ["a5"], "recipient": ["a4"]},
    {"instrument": "loan", "provider": ["a4"], "recipient": ["a5"]},
)
SUMS = ((3.5e9, "USD"), (2e8, "USD"), (3e7, "CNY"), (9e8, "JPY"), (5e8, "USD"), (4e9, "USD"))
SURE = (0.9, 0.8, 0.7, 0.8, 0.9, 0.2)


def flows() -> list[Record]:
    """Money between three states, an article each, with row confidences; the last one is least sure."""
    states = [Actor(id=id, name=name, kind="country", country=code, confidence=1) for id, name, code in STATES]
    found = []
    for number, (flow, (value, currency), sure) in enumerate(zip(FLOWS, SUMS, SURE, strict=True)):
        one = commitment(
            flow=Flow.model_validate(flow), row_confidence=sure, by=flow["provider"], to=flow["recipient"],
            amounts=[SOLES.model_copy(update={"value": value, "currency": currency})], projects=[],
        )  # fmt: skip
        article = {"title": f"{'=+-@＝＋'[number]}Loans, part {number}", "date": "2024-05-02"}
        found.append(record(f"flows/{number}", article, actors=states, commitments=[one]))
    return found


def shown() -> list[Record]:
    return [*many(), emoji(), hostile()]


EMOJI, HOSTILE = MANY, MANY + 1  # their places
