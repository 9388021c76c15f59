"""The title of a plain text or Markdown file: its first line, where that stands alone."""

from __future__ import annotations

import re

from pipeline.sources.dates import iso_date

_LONGEST = 200  # characters; a longer line is a paragraph
_FIRST = re.compile(r"\s*(?P<line>\S[^\r\n]*)(?:\r\n?|\n)(?P<blank>[^\S\r\n]*[\r\n])?(?P<rest>\s*\S)?")
_HEADING = re.compile(r"#{1,6}\s+(?P<title>\S.*?)(?:\s+#+)?\s*$")
_ENDS = re.compile(r"[.!?…:;,][\"'”’)\]]*$")  # of a sentence, or of a line that another one continues
_NO_TITLE = re.compile(r"by\s|\W*https?:|www\.|[-=*_#>|<{\[]", re.IGNORECASE)


def first_line(text: str) -> str | None:
    """The first line that is not blank: a heading of Markdown, or a short line, no sentence, that a blank line follows.

    None for any other line, and for one that is all of the text.
    """
    found = _FIRST.match(text)
    if not found or not found["rest"]:
        return None
    line = found["line"].strip()
    if len(line) > _LONGEST:
        return None
    if heading := _HEADING.match(line):
        return heading["title"]
    alone = found["blank"] and len(line.split()) > 1 and not _ENDS.search(line)
    return line if alone and not _NO_TITLE.match(line) and iso_date(line) is None else None
