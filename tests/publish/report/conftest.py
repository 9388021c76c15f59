"""A report to look at."""

import pytest
from publish.report.articles import shown

from pipeline.publish.report.data import gather
from pipeline.publish.report.page import html


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of the articles of `articles.py`."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html("Ring roads", gather(shown())), encoding="utf-8")
    return path.as_uri()
