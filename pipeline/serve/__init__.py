"""Extraction, records and knowledge for programs: over HTTP (`app.py`), or as tools of a language model (`mcp.py`).

`extraction.py` lets one request at a time have the worker (`worker.py`), a process that can be stopped; `records.py`
and `known.py` find what was given at the start. Nothing is written.
"""
