"""The title of a text or Markdown file, its first line where that stands alone; the title that a file gives itself."""

from __future__ import annotations

import re

from pipeline.sources.dates import iso_date

_LONGEST = 200  # characters; a longer line is a paragraph
LONGEST = 300  # characters of a title that is marked as one
_FIRST = re.compile(r"\s*(?P<line>\S[^\r\n]*)(?:\r\n?|\n)(?P<blank>[^\S\r\n]*[\r\n])?(?P<rest>\s*\S)?")
_HEADING = re.compile(r"#{1,6}\s+(?P<title>\S.*?)(?:\s+#+)?\s*$")
_ENDS = re.compile(r"[.!?…:;,][\"'”’)\]]*$")  # of a sentence, or of a line that another one continues
_PROGRAMS = re.compile(
    r"\.(?:docx?|pdf|indd|qxd|rtf|odt|pptx?|xlsx?)$"
    r"|^(?:microsoft \w+ - |untitled|document ?\d*$|word document$|print|slide 1$|\W)",
    re.IGNORECASE,
)
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


def own_title(text: str) -> str | None:
    """The title that a PDF or Word file gives itself, unless a program made it up of the name of a file."""
    title = " ".join(text.split())
    words = title.split()
    sensible = len(words) > 1 and len(title) <= LONGEST and any(word.isalpha() for word in words)
    return title if sensible and not _PROGRAMS.search(title) and "\ufffd" not in title and "\0" not in title else None
