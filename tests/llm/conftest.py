"""What the tests of the second reader share: a client that does not wait long, and no keys of this machine."""

import pytest

from pipeline.llm.endpoint import KEYS

SECRET = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KEYS, "CORRIDOR_LLM_URL", "CORRIDOR_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.05)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(KEYS[0], SECRET)
    return SECRET
