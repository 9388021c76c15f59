"""Articles about money that moves between Kenya, Chinese banks and others, for tests."""

from typing import Any

from knowledge.resolve.stories import actor, amount, article, project, stated

from pipeline.record import Date, Flow, Record

ACTORS = [
    actor("ken", "Kenya", "country", "KEN"),
    actor("chn", "China", "country", "CHN"),
    actor("banks", "Chinese banks", "group", "CHN"),
    actor("exim", "Export-Import Bank of China", "bank", "CHN"),
    actor("wb", "World Bank", "multilateral"),
    actor("adb", "Asian Development Bank", "multilateral"),
    actor("treasury", "National Treasury", "government", "KEN"),
    actor("roads", "Kenya Roads Board", "government", "KEN"),
    actor("ports", "Kenya Ports Authority", "government", "KEN"),
]


def flow(instrument: Any, provider: str, recipient: str, **terms: str) -> Flow:
    """The flow of money; ids of actors separated by spaces."""
    return Flow(instrument=instrument, provider=provider.split(), recipient=recipient.split(), terms=terms)


def said(sentence: str, money: Flow | None, *sums: str, **fields: Any) -> dict[str, Any]:
    """A commitment that a sentence states: agreed finance by the providers, unless fields say otherwise."""
    dates = [Date(text=day, start=0, end=len(day), iso=day) for day in fields.pop("dates", ())]
    parties = {"by": money.provider, "to": money.recipient} if money else {}
    plain: dict[str, Any] = {"kind": "finance", "status": "agreed", "flow": money, "dates": dates, **parties}
    return {"sentence": sentence, "amounts": [amount(one) for one in sums], **plain, **fields}


PROJECTS = [
    project(*names, countries=["KEN"])
    for names in (("port", "Lamu Port"), ("rail", "Voi railway"), ("quay", "new quays on the coast"))
]


def report(id: str, *rows: dict[str, Any], day: str = "2025-06-03", story: str | None = None) -> Record:
    """The record of an article of which each sentence states a commitment."""
    text = " ".join(one["sentence"] for one in rows)
    return stated(article(id, text, id, day, story or id), rows, actors=ACTORS, projects=PROJECTS)
