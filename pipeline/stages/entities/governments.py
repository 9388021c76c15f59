"""The name of a national government is that of its owner: "Government of Japan" is Japan, "Thai government" Thai."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.record import Label
from pipeline.stages.document.doc import Mention
from pipeline.values.gazetteer.leaders import government_owner
from pipeline.values.gazetteer.places import country_of, demonym


def without_governments(text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """The mentions, with the owner in place of each national government."""
    for mention in mentions:
        name = text[mention.start : mention.end]
        owner = government_owner(name) if mention.label == "ORG" else None
        if owner:
            start, end = owner
            yield replace(mention, label=_label(name[start:end]), start=mention.start + start, end=mention.start + end)
        else:
            yield mention


def _label(owner: str) -> Label:
    return "COUNTRY" if country_of(owner) else "NORP" if demonym(owner) else "PERSON"
