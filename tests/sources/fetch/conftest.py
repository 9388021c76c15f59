from collections.abc import Iterator

import pytest
from sources.fetch.server import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        yield opened
