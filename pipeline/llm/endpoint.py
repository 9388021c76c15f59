"""A language model behind an OpenAI-compatible endpoint: its address, and what it may answer a request with."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import SetupError

KEYS = ("CORRIDOR_LLM_KEY", "OPENAI_API_KEY")  # environment variables, the first that is set
TOKENS = 10**9  # more than any model reads or writes for one answer


@dataclass(frozen=True)
class Endpoint:
    """`url`: up to and with `/v1`; `timeout`: seconds for one try, to its end; `concurrency`: requests at once.

    `max_tokens`: of one answer. Raises SetupError where the address is none, or holds a name, password or query.
    """

    url: str
    model: str
    timeout: float = 120.0
    concurrency: int = 4
    retries: int = 5
    max_tokens: int = 8_000

    def __post_init__(self) -> None:
        if set(self.url) & set("@?#"):  # before anything repeats it
            raise SetupError(f"the address of the endpoint holds a secret; set {KEYS[0]} in the environment instead")
        if not _is_address(self.url):
            raise SetupError(f"{self.url}: no address of an endpoint; give one such as http://localhost:8080/v1")
        if not self.model.strip():
            raise SetupError("the language model has no name; give --llm-model NAME")

    @property
    def made(self) -> dict[str, Any]:
        """What of it decides an answer."""
        return {"model": self.model, "url": self.url.rstrip("/"), "max_tokens": self.max_tokens}


@dataclass(frozen=True)
class Reply:
    """What a model wrote. `estimated`: the server did not count its tokens; `cut`: the answer was too long."""

    content: str
    tokens_in: int
    tokens_out: int
    estimated: bool = False
    cut: bool = False
    retries: int = 0


@dataclass(frozen=True)
class Failure:
    """A request without a reply. `fatal`: every other request would fail too; `gone`: the endpoint did not answer."""

    reason: str
    fatal: bool = False
    gone: bool = False
    retries: int = 0


def require_client() -> None:
    """Raises SetupError where the client is not installed."""
    if not (find_spec("openai") and find_spec("httpx2")):
        raise SetupError("a language model is reached through the openai client: pip install 'corridor[llm]'")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as a port that is no number
        return False
