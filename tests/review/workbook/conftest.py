"""A workbook in a folder of its own."""

from pathlib import Path

import pytest
from review.workbook.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)
