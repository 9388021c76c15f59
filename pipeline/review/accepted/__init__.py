"""What people decided on commitments: the files that `corridor review` writes, and what of them still holds.

`rows.py` says what was decided, `wording.py` a row in words, `matching.py` finds the same commitment in another record,
and `files.py` reads the folder of a review.
"""
