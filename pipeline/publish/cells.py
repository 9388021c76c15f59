"""Cells of a spreadsheet that are too small for their text."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipeline.errors import number_of

LONGEST = 32_767  # characters of a cell
CREATED = {"created": datetime(2000, 1, 1)}  # always, so that the same records give the same bytes
# text is never a formula or a link, whatever it begins with
AS_TEXT: dict[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_NAMED = 3  # cells in a message
_log = logging.getLogger("corridor")


def tell_cut(out: str, cells: Sequence[str]) -> None:
    """Names the cells of a workbook that are cut in the log."""
    if cells:
        named = ", ".join(cells[:_NAMED]) + (", ..." if len(cells) > _NAMED else "")
        many = f"{number_of(len(cells), 'cell')} of over {LONGEST:,} characters {'is' if len(cells) == 1 else 'are'}"
        _log.warning("%s: %s cut: %s; the records keep the whole text", out, many, named)
