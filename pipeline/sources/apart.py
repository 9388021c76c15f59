"""A process of one's own for compiled code that may crash, hang or fill the memory: started once, and again after it.

Messages are a length of eight bytes and as many bytes: files to it, JSON from it.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Lock, Timer
from typing import Any, BinaryIO

from pipeline.errors import SetupError

HELLO = {"hello": "ready"}
_START = 60.0  # seconds in which it starts
_SIZE = 8
_ROOT = Path(__file__).resolve().parents[2]  # where the package `pipeline` lies


class Ended(Exception):
    """The process ended without an answer: "crashed", or "took over 180 seconds"."""


class Child:
    """A process that runs the `main` of a module of this package; it starts with the first question.

    One question is asked at a time. After a fork each process starts its own.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def ask(self, data: bytes, seconds: float) -> dict[str, Any]:
        """The answer to a file. Raises Ended where there is none, SetupError where the process cannot be started."""
        with self._lock:
            process = self._running()
            found, late = _exchange(process, data, seconds)
            if found is None:
                self._stop()
                raise Ended(f"took over {seconds:g} seconds" if late else "crashed or needed too much memory")
            return found

    def close(self) -> None:
        """Ends the process, if it runs."""
        if self._owner == os.getpid():
            self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._owner = os.getpid()
        if _exchange(self._process, None, _START)[0] != HELLO:
            self._stop()
            raise SetupError(f"cannot start {self._module} with {sys.executable}; run `corridor doctor`")
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _forget(self) -> None:
        """In a forked process: the running one belongs to its parent."""
        self._lock, self._process, self._owner = Lock(), None, 0


def send(stream: BinaryIO, message: bytes | dict[str, Any]) -> None:
    """Writes a message."""
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    stream.write(len(data).to_bytes(_SIZE, "big"))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """The next message; None where the stream ends."""
    size = stream.read(_SIZE)
    if len(size) < _SIZE:
        return None
    wanted = int.from_bytes(size, "big")
    data = stream.read(wanted)
    return data if len(data) == wanted else None


def _exchange(
    process: subprocess.Popen[bytes], data: bytes | None, seconds: float
) -> tuple[dict[str, Any] | None, bool]:
    """The answer, None where the process ends without one, and whether it was ended because it took too long."""
    late = False

    def end() -> None:
        nonlocal late
        late = True
        process.kill()

    assert process.stdin and process.stdout
    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        if data is not None:
            send(process.stdin, data)  # type: ignore[arg-type]
        answer = receive(process.stdout)  # type: ignore[arg-type]
        return (None if answer is None else json.loads(answer)), late
    except OSError:  # it ended while it was written to
        return None, late
    except BaseException:  # an interrupt: its answer must not be taken for that of the next file
        process.kill()
        raise
    finally:
        timer.cancel()
