"""Finds the body that a board directs: "ADB's Board of Directors", "the IMF Executive Board".

A board of directors or governors always directs a body. Another board does only where a known bank, company or
multilateral stands before the word, since many bodies are themselves called a board.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.article.doc import Mention
from pipeline.article.view import ArticleView
from pipeline.gazetteer.institutions import institution
from pipeline.gazetteer.names import key
from pipeline.seeds import table
from pipeline.values.numbers import any_case

_KINDS = ("multilateral", "bank", "company")  # of the bodies that a bare "board" directs
_BARE = re.compile(r"(.+?)(?:['\u2019]s?)? board", re.IGNORECASE)
_OWNED, _OF = re.compile(r"\)?(?:['\u2019]s?)? "), re.compile(r" of (?:the )?")


@lru_cache(maxsize=10_000)
def owner(name: str) -> str:
    """The body of a board, by its name: "IMF Executive Board" -> IMF; "" for a board alone, else the name."""
    board = _board().fullmatch(name)
    if board and not _is_plain(board["before"]):
        return board["before"] or board["behind"] or ""
    bare = _BARE.fullmatch(name)
    body = institution([bare[1]]) if bare and not institution([name]) else None
    return bare[1] if bare and body and body["kind"] in _KINDS else name


def board_in(name: str) -> str:
    """The key of the words for a board in a name: "IMF Executive Board" -> executive board; "" without any."""
    board = _board().fullmatch(name)
    return key(board["board"]) if board else ""


def _is_plain(words: str | None) -> bool:
    """Whether words before a board only qualify it: "National Executive Board"."""
    return words is not None and set(key(words).split()) <= set(table("references.yaml")["common_words"])


def owner_beside(view: ArticleView, left: Mention, right: Mention) -> tuple[Mention, Mention] | None:
    """Of two adjacent names, the board alone and the body that it directs; None where they are not that."""
    gap = view.mentions.gap(left, right)
    if _OWNED.fullmatch(gap) and not owner(view.mentions.name(right)):
        return right, left
    return (left, right) if _OF.fullmatch(gap) and not owner(view.mentions.name(left)) else None


@lru_cache(maxsize=1)
def _board() -> re.Pattern[str]:
    boards = any_case(table("references.yaml")["boards"])
    return re.compile(
        rf"(?:(?:the )?(?P<before>.+?)(?:['\u2019]s?)? )??(?P<board>{boards})(?: of (?:the )?(?P<behind>.+))?"
    )
