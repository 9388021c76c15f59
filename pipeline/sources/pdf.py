"""Reads a PDF: its text in the order of reading, with the offset of each page, with PDFium.

Heads, feet and page numbers are left out, words parted at a line end are mended. Scans are refused. Nothing is fetched.
PDFium runs in a process of its own, with limits of time and memory: a file that it crashes on costs itself only.
"""

import atexit
import json
import logging
import os
import re
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from time import monotonic
from typing import Any, BinaryIO

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article
from pipeline.sources.articles import ReadOptions, of_file, own_title

SECONDS = 180.0  # for one file; 2,000 full pages take less than 40 on a machine that does nothing else
_START = 60.0  # seconds in which the process of PDFium starts
_BYTES = 200_000_000  # of a file; pictures may take most of it
_UNPACKED = 200_000_000  # of one of its streams
_BLOCK = 1 << 20  # bytes unpacked at a time
_HEAD, _TAIL = 1_024, 4_096  # bytes in which a PDF says that it begins and ends
_STREAM = re.compile(rb"stream\r?\n(?=[\x08-\x78][\x00-\xff])")  # as zlib begins
_ROOT = Path(__file__).resolve().parents[2]  # where the package `pipeline` lies
_log = logging.getLogger("corridor")


def read_pdf(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The article of a PDF.

    Raises ArticleError for one that is damaged, encrypted or too large, and for pages that are pictures of text.
    """
    data = stream.read(_BYTES + 1)
    if len(data) > _BYTES:
        raise ArticleError(where, f"over {_BYTES:,} bytes; split it, or leave out its pictures")
    if b"%PDF-" not in data[:_HEAD]:
        raise ArticleError(where, "no PDF, though its name says so; save it as a PDF, or give it its right ending")
    if any(_unpacks_to_more(memoryview(data)[match.end() :]) for match in _STREAM.finditer(data)):
        raise ArticleError(where, f"a part of it unpacks to over {_UNPACKED:,} bytes; print it anew as a PDF")
    if b"%%EOF" not in data[-_TAIL:]:
        _log.warning("%s: cut off at its end; some text may be missing", where)
    try:
        answer = _CHILD.ask(data, SECONDS)
    except Ended as error:
        raise ArticleError(where, f"PDFium {error} on it; print it anew as a PDF, or split it") from error
    if "reason" in answer:
        raise ArticleError(where, answer["reason"])
    return of_file(answer["text"], where, options, title=own_title(answer["title"]), pages=answer["pages"])


def _unpacks_to_more(packed: memoryview) -> bool:
    """Whether a packed stream would fill the memory."""
    unpacker, size = zlib.decompressobj(), 0
    with suppress(zlib.error):  # packed in another way, or not at all
        for start in range(0, len(packed), _BLOCK):
            ahead: bytes | memoryview = packed[start : start + _BLOCK]
            while ahead and not unpacker.eof and size <= _UNPACKED:
                size += len(unpacker.decompress(ahead, _BLOCK))
                ahead = unpacker.unconsumed_tail
            if unpacker.eof or size > _UNPACKED:
                break
    return size > _UNPACKED


class Ended(Exception):
    """The process ended without an answer: "crashed", or "took over 180 seconds"."""


class Child:
    """A process of a module that answers bytes with JSON, a line each; started once, and again where it ended.

    One question is asked at a time. After a fork each process starts its own.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._forget()
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """Ends the process, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def ask(self, data: bytes, seconds: float) -> dict[str, Any]:
        """The answer to a file. Raises Ended where there is none, SetupError where the process cannot be started."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self.close()
                command = [sys.executable, "-P", "-m", self._module]
                path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
                pipe, own = subprocess.PIPE, {**os.environ, "PYTHONPATH": path}
                self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=own)
                try:
                    self._answer(b"", _START)
                except Ended as error:
                    what = f"cannot start {self._module} with {sys.executable}; run `corridor doctor`"
                    raise SetupError(what) from error
            answer: dict[str, Any] = json.loads(self._answer(b"%d\n%b" % (len(data), data), seconds))
            return answer

    def _answer(self, question: bytes, seconds: float) -> bytes:
        """The line that the process answers with. It is ended where there is none, and after an interrupt."""
        process = self._process
        assert process and process.stdin and process.stdout
        line, begin = b"", monotonic()
        timer = Timer(seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            process.stdin.write(question)
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:  # it ended while it was written to
            pass
        finally:
            timer.cancel()
            if not line.endswith(b"\n"):
                self.close()
        if not line.endswith(b"\n"):
            late = monotonic() - begin >= seconds
            raise Ended(f"took over {seconds:g} seconds" if late else "crashed or needed too much memory")
        return line


_CHILD = Child("pipeline.sources.pdf_pages")
