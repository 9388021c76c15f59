"""A record's commitments as rows of the tables of `seeds/tables.yaml`: with parties, projects, amounts, dates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.export.keys import Keyed, date_values, parties
from pipeline.record import Amount, Commitment, Date
from pipeline.values.exchange import usd
from pipeline.values.statuses import standing
from pipeline.values.sums import COUNTED

Row = dict[str, Any]


def commitments(of: Keyed) -> Iterator[Row]:
    for commitment in of.record.commitments:
        told = commitment.model_dump(include={"kind", "status", "negated", "confidence", "method"})
        trigger = commitment.trigger
        words = {"trigger": trigger.text, "trigger_start": trigger.start, "trigger_end": trigger.end}
        keys = {"commitment": of.key(commitment.id), "article": of.article.id}
        yield {**keys, **told, **words, "quote": of.best(commitment), **_standing(of, commitment)}


def _standing(of: Keyed, commitment: Commitment) -> Row:
    known, why = standing(commitment.status, commitment.kind), of.against[commitment.id]
    return {
        "aiddata_stage": known.aiddata_stage,
        "activity_status": known.activity_status,
        "transaction_type": known.transaction_type,
        "recommended_for_aggregates": why is None,
        "because": why or COUNTED,
    }


def commitment_parties(of: Keyed) -> Iterator[Row]:
    for commitment in of.record.commitments:
        for role, actor in parties(commitment):
            yield {"commitment": of.key(commitment.id), "role": role, "actor": of.key(actor)}


def commitment_projects(of: Keyed) -> Iterator[Row]:
    for commitment in of.record.commitments:
        for project in dict.fromkeys(commitment.projects):
            yield {"commitment": of.key(commitment.id), "project": of.key(project)}


def commitment_sectors(of: Keyed) -> Iterator[Row]:
    for commitment in of.record.commitments:
        for sector in dict.fromkeys(commitment.sectors):
            yield {"commitment": of.key(commitment.id), "sector": sector}


def commitment_countries(of: Keyed) -> Iterator[Row]:
    for commitment in of.record.commitments:
        basis, countries = of.countries(commitment)
        for country in countries:
            yield {"commitment": of.key(commitment.id), "country": country, "basis": basis}


def commitment_evidence(of: Keyed) -> Iterator[Row]:
    for commitment in of.record.commitments:
        for told in commitment.evidence:
            place = {"sentence": of.key(f"s{told.sentence}"), "start": told.start, "end": told.end}
            quote = of.article.text[told.start : told.end]
            yield {"commitment": of.key(commitment.id), **place, "quote": quote}


def amounts(of: Keyed) -> Iterator[Row]:
    for commitment in of.record.commitments:
        for number, amount in enumerate(commitment.amounts, 1):
            key = {"amount_key": of.key(f"{commitment.id}/amount{number}")}
            yield {**key, **_place(of, commitment, amount), **amount.model_dump(), "usd": _usd(of, amount)}


def _usd(of: Keyed, amount: Amount) -> float | None:
    """In the year of the article."""
    if amount.value is None or amount.currency is None or of.article.date is None:
        return None
    found = usd(amount.value, amount.currency, int(of.article.date[:4]))
    return None if found is None else round(found, 2)


def dates(of: Keyed) -> Iterator[Row]:
    for commitment in of.record.commitments:
        for number, date in enumerate(commitment.dates, 1):
            key = {"date_key": of.key(f"{commitment.id}/date{number}")}
            words = date.model_dump(include={"text", "start", "end"})
            yield {**key, **_place(of, commitment, date), **words, **date_values(date)}


def _place(of: Keyed, commitment: Commitment, value: Amount | Date) -> Row:
    mention = of.places.get((value.start, value.end))
    return {"commitment": of.key(commitment.id), "mention": of.key(mention) if mention else None}


MAKERS = (
    commitments, commitment_parties, commitment_projects, commitment_sectors, commitment_countries, commitment_evidence,
    amounts, dates,
)  # fmt: skip
