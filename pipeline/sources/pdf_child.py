"""The process in which PDFium runs: takes files from standard input, answers with JSON on standard output.

It ends with the process that started it, and by itself after a file that takes too long or too much memory.
"""

from __future__ import annotations

import contextlib
import signal
import sys

from pipeline.errors import ArticleError
from pipeline.sources.apart import HELLO, receive, send
from pipeline.sources.pdf_pages import read_pages

MEMORY = 4 << 30  # bytes of address space
_ALARM = 240  # seconds, after which a child that nobody waits for ends


def answer(data: bytes) -> dict[str, object]:
    """The title, text and pages of a PDF, or the reason why it is refused."""
    try:
        found = read_pages(data, "")
    except ArticleError as error:
        return {"reason": error.reason}
    return {"title": found.title, "text": found.text, "pages": found.starts}


def main() -> None:
    _limit()
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    send(outgoing, HELLO)
    while (data := receive(incoming)) is not None:
        _alarm(_ALARM)
        send(outgoing, answer(data))
        _alarm(0)


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # of Windows; a lower limit is set already
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard < 0 else min(MEMORY, hard), hard))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


if __name__ == "__main__":
    main()
