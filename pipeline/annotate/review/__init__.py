"""Records, corrected on a page and saved as gold: what was decided, one line each, is all that is kept of a review.

    record --base--> State --operations--> State ...  --journal--> review/ID.jsonl  --article--> drafts/ or gold/

`store.py` keeps the queue and the articles that are open, `app.py` speaks of both to a page (`page.py`, whose scripts
and styles are in `web/`), `guard.py` stands before it. The room is in `train`, since gold is what training reads, and
since a record becomes gold by `annotate.corrections`.
"""
