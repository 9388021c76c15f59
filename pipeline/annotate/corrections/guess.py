"""What gold wants to know of a new actor or project, guessed from the words that tell of it, for a person to check."""

from __future__ import annotations

from typing import Any

from pipeline.annotate.formats.task import REFERENCE, Span
from pipeline.gazetteer.institutions import kind_of
from pipeline.gazetteer.places import place_country

_KINDS = {"PERSON": "person", "ROLE": "person", REFERENCE: "group"}
_KINDS |= dict.fromkeys(("COUNTRY", "NORP", "PLACE"), "country")


def guessed(text: str, group: list[Span], project: bool) -> dict[str, Any]:
    """An actor or project as gold has it, without its key; it is called by the longest of its mentions."""
    mentions = [span for span in group if span.label != REFERENCE]
    words = list(dict.fromkeys(text[span.start : span.end] for span in (*mentions, *group)))
    name = max((text[span.start : span.end] for span in mentions or group), key=len)
    if project:
        programme = any(span.label == "PROGRAMME" for span in group)
        return {"name": name, "programme": programme, "sectors": [], "countries": [], "surface": words}
    told = next((span.told["actor"] for span in group if "actor" in span.told), None)
    kind = told or _KINDS.get((mentions or group)[0].label) or kind_of(words)
    country = place_country(name) if kind == "country" else None
    return {"name": name, "kind": kind, "country": country, "role": None, "surface": words}
