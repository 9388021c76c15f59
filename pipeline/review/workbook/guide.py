"""What the sheet `how` says."""

from __future__ import annotations

GUIDE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "What this is",
        (
            "Each row of the sheet commitments is one commitment that was found in an article, with the sentence that "
            "states it.",
            "Correct what is wrong, add what was missed, save the file as .xlsx, and send it back.",
        ),
    ),
    (
        "To correct a row",
        (
            "Type over the cell, or choose from its list. Grey columns tell which row it is: leave them.",
            "Where a cell holds several values, put ; between them. Empty the cell where there is none.",
            "The trigger, a new amount and a new date must be words of the article. The sheet sentences has them all.",
            "Names of actors and projects are those of the sheets actors and projects. Add one that is missing there, "
            "in a row below the last, with an empty id; then use its name.",
        ),
    ),
    (
        "To judge a row",
        (
            "accepted: it was right. corrected: it is right now. unsure: someone else should look.",
            "rejected: it is no commitment. Do not delete the row: a row that is missing is kept.",
            "A row without a decision is kept as it is.",
        ),
    ),
    (
        "To add a commitment",
        (
            "Write below the last row. Choose the article, leave the id empty, paste the sentence into quote, and fill "
            "in trigger, kind and status at least.",
        ),
    ),
    (
        "What you may do",
        (
            "Sort and filter (whole rows), hide columns, add columns of your own, which are not read.",
            "Do not rename sheets or columns, and do not delete hidden sheets: they hold the articles.",
        ),
    ),
    (
        "When it is read back",
        (
            "A cell that cannot be read is named with its sheet, its place and the reason; the rest is kept.",
            "corridor annotate import REVIEW.xlsx -o GOLD",
        ),
    ),
)
