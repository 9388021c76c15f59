"""Corridor: reads news about development cooperation and writes down who committed what to whom."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported: small matrices, one thread is fastest

if TYPE_CHECKING:
    from pipeline.extract import extract, extract_stream, load
    from pipeline.knowledge.answers import sums
    from pipeline.publish.tables.frames import frames

_HOMES = {
    "extract": "extract", "extract_stream": "extract", "frames": "publish.tables.frames", "load": "extract",
    "sums": "knowledge.answers",
}  # fmt: skip
__all__ = ["extract", "extract_stream", "frames", "load", "sums"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`pipeline.load` and its kin, on first use: `corridor show` need not wait a second for spaCy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(import_module(f"pipeline.{_HOMES[name]}"), name)
