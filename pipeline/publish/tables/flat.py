"""The flat table: a row for each commitment, with names in place of keys, and what sums make of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from pipeline.knowledge.sums import Entry, worth
from pipeline.publish.index import RecordIndex, accepted_by, dollars, in_words
from pipeline.publish.tables.rows import Row
from pipeline.record import Commitment
from pipeline.values.numbers import interest_rate, years
from pipeline.values.periods import days_of

FLAT = "commitments_flat"


def commitments_flat(index: RecordIndex, lasting: Mapping[str, str] = {}) -> Iterator[Row]:
    """The rows of a record without the columns that only all records decide; see `judged`.

    `lasting`: by key (ARTICLE/a1) the name across articles of an actor or project.
    """

    def names(parts: Iterable[str]) -> str | None:
        return in_words(lasting.get(index.key(part)) or index.name(part) for part in parts)

    article = index.article
    about = article.model_dump(include={"source", "title", "url", "date"})
    for commitment in index.record.commitments:
        yield {
            "commitment": index.key(commitment.id),
            **_money(index, commitment, names),
            **commitment.model_dump(
                include={"kind", "status", "negated", "boilerplate", "confidence", "row_confidence"}
            ),
            "accepted_by": accepted_by(commitment.method),
            **_dates(commitment),
            "project": names(commitment.projects),
            "sectors": in_words(commitment.sectors),
            "countries": in_words(index.countries(commitment)[1]),
            "by": names(commitment.by),
            "with": names(commitment.with_),
            "to": names(commitment.to),
            "attributed_to": names([commitment.attributed_to] if commitment.attributed_to else []),
            "article": article.id,
            **about,
            "quote": index.best(commitment),
            "page": index.page(commitment.evidence[0].start),
        }


def _money(index: RecordIndex, commitment: Commitment, names: Callable[[Iterable[str]], str | None]) -> Row:
    found, terms = worth(commitment.amounts), commitment.flow.terms if commitment.flow else {}
    currency, value = found or (None, None)
    row: Row = {"instrument": commitment.flow and commitment.flow.instrument}
    for side, actors in zip(("provider", "recipient"), index.sides(commitment), strict=True):
        row[side] = names(actors)
        row[f"{side}_countries"] = in_words(c for name in actors if (c := index.actors[name].country))
    return row | {
        "amount": in_words(amount.text for amount in commitment.amounts),
        "value": value,
        "currency": currency,
        "usd": dollars(value, currency, index.article.date),
        "interest": terms.get("interest"),
        "interest_rate": interest_rate(terms.get("interest", "")),
        "maturity": terms.get("maturity"),
        "maturity_years": years(terms.get("maturity", "")),
        "grace": terms.get("grace"),
        "grace_period_years": years(terms.get("grace", "")),
    }


def _dates(commitment: Commitment) -> Row:
    known = [found[1] for found in (days_of(date.iso) for date in commitment.dates) if found]
    return {"by_when": in_words(date.text for date in commitment.dates), "due": max(known, default=None)}


def judged(row: Row, entry: Entry) -> Row:
    """The row with what sums make of it."""
    currency, value = entry.worth if entry.counted and entry.worth else (None, None)
    return row | {
        "act": entry.act,
        "counted": entry.counted,
        "because": entry.because,
        "repeats": entry.repeats,
        "copy": entry.copy,
        "act_status": entry.status,
        "act_year": entry.year,
        "counted_value": value,
        "counted_currency": currency,
        "counted_usd": dollars(value, currency, row["date"]),
        "recommended_for_aggregates": entry.recommended,
    }
