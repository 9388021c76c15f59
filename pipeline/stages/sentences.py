"""Sets where each sentence starts, before the parser, from the line structure of news text and its full stops.

A line end may close a heading, wrap a sentence or be the trace of a link; a full stop may belong to an abbreviation.
The parser's own boundaries ignore lines.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.seeds import table
from pipeline.settings import LIMITS
from pipeline.stages.document.doc import Limit

WRAP_WIDTH = 90  # no line of hard-wrapped text is longer (characters)
PROSE_WIDTH = 90  # an unended line this long is no heading

Line = tuple[int, int]  # start and end in the text, without surrounding white space

_OPEN = "\"'\u201c\u2018\u00ab(\\["  # quotes and brackets, as they stand inside [...] of a pattern
_CLOSE = "\"'\u201d\u2019\u00bb)\\]"
_DASH = "\u2013\u2014-"
_APOSTROPHE = "'\u2019"

_LINE = re.compile(r"[^\s](?:[^\n\r\u2028\u2029]*[^\s])?")
_BLANK = re.compile(r"\n[^\S\n]*\n|\r\n?[^\S\r\n]*\r")
_STOP = re.compile(
    rf"""(?<![.!?\u2026]) (?P<stop>[.!?\u2026]++) (?P<close>[{_CLOSE}]*+)
        (?: \s++ (?=[{_OPEN}]*+[^\W_a-z] | [{_OPEN}] | [\u2022\u25cf\u25aa{_DASH}]\s)  # what can open a sentence
          | (?<=[a-z]{{2}}[.!?]|[a-z][.!?]["\u201d]) (?=["\u201c\u2018]?[A-Z][a-z\s]) )  # or a lost space: "ended.The"
    """,
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(rf"(?:[^\W\d_]\.)*[\w{_APOSTROPHE}-]+$")
_WORD_AFTER = re.compile(rf"[{_OPEN}]*([\w{_APOSTROPHE}-]+)")
_ENDED = re.compile(rf"[.!?\u2026][{_CLOSE}]*$")
_GOES_ON = re.compile(
    rf"""(?!-->|&\#) (?: [,.;:)\]%\u2019\u201d&] | [{_DASH}]$ | 's\b | \([^()]{{1,40}}\)(?:,|\s[a-z])
                      | [a-z][a-z{_APOSTROPHE}-]*[\s,;] )""",
    re.VERBOSE,
)
_CUT = re.compile(rf"[,(\[{_DASH}]$|[{_APOSTROPHE}]s$|^[:.]$")
_DATELINE = re.compile(rf"[A-Z][A-Z.,/ {_APOSTROPHE}-]{{2,40}}:|[A-Z][\w.,/ {_APOSTROPHE}-]{{2,40}}\s[{_DASH}]$")


@Language.component("corridor_sentences", assigns=["token.is_sent_start", "doc.sents"])
def sentences(doc: Doc) -> Doc:
    """Sets `Token.is_sent_start` of every token; the parser keeps boundaries that are set."""
    write_sentences(doc, find_sentences(doc.text))
    return doc


def find_sentences(text: str) -> list[int]:
    """Where each sentence starts, in characters, in order; linear in the length of the text."""
    return [start for block in _blocks(text) for start in _split(text, *block)]


def write_sentences(doc: Doc, starts: list[int]) -> None:
    """Marks the token at each start and where a sentence is too long; a start inside a token is left out."""
    if not len(doc):
        return
    marks = np.full(len(doc), -1, dtype=np.int64)
    marks[np.isin(doc.to_array("IDX").astype(np.int64), starts)] = 1
    marks[0] = 1
    for start, end in pairwise([*np.flatnonzero(marks == 1).tolist(), len(doc)]):
        if end - start > LIMITS.sentence:
            marks[start : end : LIMITS.sentence] = 1
            doc._.limits.append(Limit("sentence", end - start, LIMITS.sentence, doc[start].idx))
    doc.from_array(["SENT_START"], marks.astype(np.uint64).reshape(-1, 1))  # type: ignore[arg-type]


def _blocks(text: str) -> Iterator[Line]:
    """Lines joined into blocks: a heading, a paragraph of one line, a wrapped paragraph."""
    lines = [match.span() for match in _LINE.finditer(text)]
    full = _wrap_width(text, lines)
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or not _joined(text, lines, number, full):
            yield lines[start][0], lines[number - 1][1]
            start = number


def _wrap_width(text: str, lines: list[Line]) -> int:
    """The width at which the text was hard-wrapped, in characters; 0 where it was not."""
    width = max((end - start for start, end in lines), default=0)
    full = sum(end - start > 0.75 * width for start, end in lines)
    inside = sum(text[start].islower() for start, _ in lines)
    return width if 40 <= width <= WRAP_WIDTH and full >= len(lines) / 2 and inside >= len(lines) / 4 else 0


def _joined(text: str, lines: list[Line], number: int, width: int) -> bool:
    """Whether a line continues the line before it."""
    (start, end), (next_start, next_end) = lines[number - 1], lines[number]
    before, line = text[start:end], text[next_start:next_end]
    if _BLANK.search(text, end, next_start):
        return False
    if width and len(before) > 0.45 * width:
        return True
    if _goes_on(line) or _is_cut(before):
        return True
    return not _ENDED.search(before) and _is_link(text, lines, number)


def _goes_on(line: str) -> bool:
    """Whether no sentence and no heading can begin like this line."""
    return bool(_GOES_ON.match(line)) or line in _words("never_line_last")


def _is_cut(line: str) -> bool:
    """Whether no sentence and no heading can end like this line."""
    last = line.rsplit(maxsplit=1)[-1].lower()
    if line.lower() in _words("labels"):
        return False
    unended = last in _words("never_line_last") and (" " in line or line.islower())
    teaser = line[-1] == ":" and line.rstrip(" :").lower() in _words("teasers")
    return unended or teaser or bool(_CUT.search(line)) or bool(_DATELINE.fullmatch(line))


def _is_link(text: str, lines: list[Line], number: int) -> bool:
    """Whether the line is a name in the middle of a sentence, on a line of its own because it was a link."""
    if number + 1 == len(lines):
        return False
    (start, end), (next_start, next_end) = lines[number - 1], lines[number + 1]
    in_prose = (end - start >= PROSE_WIDTH and text[end - 1] != ")") or _goes_on(text[start:end])
    return in_prose and _goes_on(text[next_start:next_end])


def _split(text: str, start: int, end: int) -> Iterator[int]:
    """The starts of the sentences of a block."""
    yield start
    for match in _STOP.finditer(text, start, end):
        stop, after = match.start(), match.end()
        is_stray = stop == start or (text[stop - 1].isspace() and stop - start < 30)  # "Jakarta\n. The"
        if after < end and not is_stray:
            before = _WORD_BEFORE.search(text, max(start, stop - 20), stop)
            if before is None or _word_ends(text, start, before, after):
                start = after
                yield start


def _word_ends(text: str, start: int, before: re.Match[str], after: int) -> bool:
    """Whether a sentence can end in this word and its full stop; `after`: the offset of what follows."""
    word = before[0].lower()
    following = _WORD_AFTER.match(text, after)
    next_word = following[1].lower() if following else ""
    if word in _words("never_last") or (
        before.start() == start and len(word) <= 3 and (word.isdigit() or len(word) == 1)
    ):
        return False
    if word in _words("before_number") and next_word[:1].isdigit():
        return False
    if word in _words("sometimes_last") or "." in word or (len(word) == 1 and word.isalpha()):
        initial = following is not None and len(next_word) == 1 and text.startswith(".", following.end())
        return next_word in _words("openers") and not initial
    return True


@cache
def _words(name: str) -> frozenset[str]:
    """A list of `seeds/sentences.yaml`."""
    return frozenset(str(word) for word in table("sentences.yaml")[name])
