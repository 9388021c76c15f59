"""A language model behind an OpenAI-compatible endpoint: with `client.py` the only file that sends prompts.

Requests run at once in a thread of their own. The client repeats a request after 408, 409, 429 and 5xx, after a
timeout and after a lost connection, each time after twice the wait; a `Retry-After` of the server is kept.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from pipeline.errors import SetupError
from pipeline.llm.answer import schema
from pipeline.llm.prompt import CHARACTERS, Prompt, instructions

if TYPE_CHECKING:
    from openai import AsyncOpenAI

KEYS = ("CORRIDOR_LLM_KEY", "OPENAI_API_KEY")  # environment variables, the first that is set
NO_KEY = "none"  # what a server without keys is sent
FATAL = (401, 403, 404)  # every other request would end so too
OPTIONAL = ("response_format", "temperature", "max_tokens")  # parameters that some servers refuse
LONGER = "max_completion_tokens"  # the name of `max_tokens` for newer models
WAITS = 60.0  # seconds that the waits between the tries of a request may take
TRIED = "x-stainless-retry-count"  # the header in which the client counts
BYTES = 30  # of an answer for each of its tokens, with what they are wrapped in
MORE = 1_000_000  # bytes of an answer beside those, such as thoughts and counts
SHOWN = 400  # characters of a reason that holds addresses
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


class Session:
    """Sends prompts to an endpoint. Raises SetupError where the `llm` extra is not installed."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._key = next((value for name in KEYS if (value := os.environ.get(name, "").strip())), NO_KEY)
        self._left_out: set[str] = set()  # parameters that the server has refused
        self._client = _client(endpoint, self._key)
        self._loop = asyncio.new_event_loop()
        self._turn = asyncio.Semaphore(endpoint.concurrency)
        self._thread = threading.Thread(target=self._loop.run_forever, name="corridor-llm", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives up what is on its way."""
        if self._thread.is_alive():
            self._run(self._end()).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def send(self, prompt: Prompt) -> Future[Reply | Failure]:
        """Puts a prompt in the queue of those that are sent."""
        return self._run(self._ask(prompt))

    def _run[R](self, work: Coroutine[Any, Any, R]) -> Future[R]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.close()
        await self._loop.shutdown_default_executor()

    async def _ask(self, prompt: Prompt) -> Reply | Failure:
        import openai

        from pipeline.llm.client import Unwanted

        most = self._endpoint.timeout * (self._endpoint.retries + 1) + WAITS  # whatever a server does
        async with self._turn:
            try:
                async with asyncio.timeout(most):
                    return await self._reply(prompt)
            except Unwanted as error:
                return Failure(self._without_key(str(error))[:SHOWN], fatal=error.fatal)
            except (TimeoutError, openai.APITimeoutError) as error:
                return Failure(f"no answer in {self._endpoint.timeout:g} seconds", gone=True, retries=_retries(error))
            except openai.APIConnectionError as error:
                reason = "the endpoint cannot be reached, or cut the answer"
                return Failure(reason, gone=True, retries=_retries(error))
            except openai.APIStatusError as error:
                return self._failure(error.status_code, str(error.message), _retries(error))
            except Exception as error:  # whatever a server sends
                return Failure(f"no answer in the form of the API ({type(error).__name__})")

    async def _reply(self, prompt: Prompt) -> Reply:
        import openai

        messages = [{"role": "system", "content": instructions()}, {"role": "user", "content": prompt.text}]
        while True:
            options = self._options()
            try:
                raw = await self._client.chat.completions.with_raw_response.create(
                    model=self._endpoint.model,
                    messages=messages,  # type: ignore[arg-type]
                    **options,
                )
                break
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._learn(str(error.message), options):
                    raise
        choice = (found := json.loads(raw.content))["choices"][0]
        content = self._without_key(_encodable(choice["message"]["content"] or ""))
        counted = _counted(found.get("usage"))
        tokens = counted or (prompt.tokens, len(content) // CHARACTERS)
        cut = choice.get("finish_reason") == "length"
        return Reply(content, *tokens, estimated=counted is None, cut=cut, retries=raw.retries_taken)

    def _options(self) -> dict[str, Any]:
        form = {"name": "commitments", "schema": schema(), "strict": False}
        wanted: dict[str, Any] = {
            "temperature": 0,
            "max_tokens": self._endpoint.max_tokens,
            "response_format": {"type": "json_schema", "json_schema": form},
        }
        if "max_tokens" in self._left_out:
            wanted[LONGER] = self._endpoint.max_tokens
        return {name: value for name, value in wanted.items() if name not in self._left_out}

    def _learn(self, message: str, options: dict[str, Any]) -> bool:
        """Whether a server's message names a parameter that can be left out from now on."""
        names = [name for name in (*OPTIONAL, LONGER) if name in options and name in message]
        if "json_schema" in message and "response_format" in options:
            names.append("response_format")
        self._left_out |= set(names)
        return bool(names)

    def _failure(self, status: int, message: str, retries: int) -> Failure:
        """The failure of a status; the text of the server is shortened, and never shows the key."""
        if status in (401, 403):
            return Failure(f"the endpoint refuses the key (HTTP {status}); set {KEYS[0]}", fatal=True)
        text = " ".join(self._without_key(_encodable(message)).split()).removeprefix(f"Error code: {status} - ")[:200]
        gone = status >= 500 or status == 429
        return Failure(f"HTTP {status}: {text}", fatal=status in FATAL, gone=gone, retries=retries)

    def _without_key(self, text: str) -> str:
        """What a server wrote, without the key."""
        return text if self._key == NO_KEY else text.replace(self._key, "...")


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


def _encodable(text: str) -> str:
    """The text with halves of letters replaced, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _counted(usage: Any) -> tuple[int, int] | None:
    """The tokens read and written that a server has counted; None where it says nothing of use."""
    found = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")] if isinstance(usage, dict) else []
    counts = [number for number in found if type(number) is int and 0 <= number <= TOKENS]  # True is no count
    return (counts[0], counts[1]) if len(counts) == 2 else None


def _retries(error: Exception) -> int:
    """How often the client has repeated the request that ended so."""
    request = getattr(error, "request", None)
    return int(request.headers.get(TRIED, 0)) if request else 0


def _client(endpoint: Endpoint, key: str) -> AsyncOpenAI:
    require_client()
    from openai import AsyncOpenAI

    from pipeline.llm.client import Client

    most, encrypted = MORE + BYTES * endpoint.max_tokens, urlsplit(endpoint.url).scheme == "https"
    client = Client(endpoint.timeout, most, encrypted)
    return AsyncOpenAI(api_key=key, base_url=endpoint.url, http_client=client, max_retries=endpoint.retries)
