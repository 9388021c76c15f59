"""The API over a quick worker, three records and a knowledge folder."""

from collections.abc import Callable, Iterator

import pytest
from serve.working import WORK, QuickWork, client_of, knowledge_folder, records_file
from starlette.testclient import TestClient

from pipeline.serve.extraction import Extraction
from pipeline.serve.known import Known
from pipeline.serve.records import Records
from pipeline.settings import Settings

Make = Callable[..., Extraction]


@pytest.fixture
def extraction(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes an extraction with a quick worker; it is stopped at the end."""
    monkeypatch.setattr(WORK, QuickWork)
    made: list[Extraction] = []

    def make(timeout: float = 20.0, waiting: int = 2, settings: Settings | None = None) -> Extraction:
        made.append(Extraction(settings or Settings(), timeout, waiting))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of an API with everything."""
    folder = tmp_path_factory.mktemp("served")
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WORK, QuickWork)
        extraction = Extraction(Settings(), 20.0, 2)
        records, known = Records(str(records_file(folder)), said.append), Known(knowledge_folder(folder))
        with client_of(extraction, records, known) as client:
            yield client
