"""Cells of a spreadsheet that are too small for their text."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from pipeline.errors import number_of

LONGEST = 32_767  # characters of a cell
_NAMED = 3  # cells in a message
_log = logging.getLogger("corridor")


def tell_cut(out: str, cells: Sequence[str]) -> None:
    """Names the cells of a workbook that are cut in the log."""
    if cells:
        named = ", ".join(cells[:_NAMED]) + (", ..." if len(cells) > _NAMED else "")
        many = (
            f"{number_of(len(cells), 'cell')} of more than {LONGEST:,} characters {'is' if len(cells) == 1 else 'are'}"
        )
        _log.warning("%s: %s cut: %s; the records keep the whole text", out, many, named)
