"""What came before is counted, in memory or on disk."""

import pytest

from pipeline.errors import SetupError
from pipeline.sources.sources import Seen


def test_it_counts() -> None:
    seen = Seen()
    assert [seen.add(key) for key in ("a", b"a", "a", "b", "a")] == [1, 1, 2, 1, 3]
    assert "a" in seen and "c" not in seen


def test_a_full_disk_is_told() -> None:
    seen = Seen()
    seen._rows.execute("PRAGMA max_page_count = 10")
    with pytest.raises(SetupError, match="set TMPDIR to a disk with room"):
        for number in range(10_000):
            seen.add(f"{number}" * 20)
