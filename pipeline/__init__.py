"""Corridor: reads news about development cooperation and writes down who committed what to whom."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported: small matrices, one thread is fastest

from pipeline.extract import extract, extract_stream, load  # noqa: E402

__all__ = ["extract", "extract_stream", "load"]
__version__ = "0.1.0"
