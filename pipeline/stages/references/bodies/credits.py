"""Finds who only carried the news: bylines, photo credits and media.

A byline is a name like any other; often only its position shows what it is.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.seeds import table
from pipeline.stages.document.dateline import agencies
from pipeline.stages.document.doc import Mention
from pipeline.stages.document.view import ArticleView


def is_credit(view: ArticleView, mention: Mention) -> bool:
    """Whether a mention is a medium, signs a dateline or stands in a line of credits."""
    signs = any(view.text[start:end] == view.mentions.name(mention) for start, end in agencies(view.text))
    return signs or view.mentions.key(mention) in _media() or _in_credits(view, mention) or _is_byline(view, mention)


@lru_cache(maxsize=1)
def _media() -> frozenset[str]:
    return frozenset(table("references.yaml")["media"])


def _in_credits(view: ArticleView, mention: Mention) -> bool:
    line = view.sentence_text(mention).lower()
    return any(word in line for word in table("references.yaml")["credit_words"])


def _is_byline(view: ArticleView, mention: Mention) -> bool:
    """Whether a person without an office stands among nothing but names: "By A and B", "(Agency/A)"."""
    if mention.label != "PERSON":
        return False
    labels, beside = view.mentions.around(mention.sentence)
    return "ROLE" not in labels and beside <= set(table("references.yaml")["byline_words"])
