"""Reads a folder, and writes what the readers asked of the system meanwhile, as Python's audit events tell it.

    python watched.py FOLDER

Hard because an audit hook cannot be taken off again, so it has a process of its own.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from pipeline.errors import ArticleError
from pipeline.sources import read

FOREIGN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.spawn",
    "os.posix_spawn",
    "pickle.",
    "urllib.",
    "ctypes.dlopen",
)


def watched(folder: str) -> dict[str, Any]:
    """Numbers of articles and errors, the files that were opened, and all else that no reader may do."""
    opened: set[str] = set()
    foreign: set[str] = set()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            opened.add(os.fsdecode(arguments[0]))
        if event.startswith(FOREIGN):
            foreign.add(event)

    list(read([folder]))  # what is imported and loaded on first use
    sys.addaudithook(hook)
    found = list(read([folder]))
    failed = sum(isinstance(result, ArticleError) for result in found)
    return {"articles": len(found) - failed, "errors": failed, "opened": sorted(opened), "foreign": sorted(foreign)}


if __name__ == "__main__":
    print(json.dumps(watched(str(Path(sys.argv[1]).resolve()))))
