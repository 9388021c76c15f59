"""Correction of records on a web page, saved as gold; a journal with one line per decision holds the whole review.

    record --Base--> State --operations--> State ...  --journal--> review/ID.jsonl  --article--> drafts/ or gold/

`store.py` holds the queue and the open articles, `app.py` serves both to the page (scripts and styles in `web/`).
"""
