"""The client of an endpoint, the only file that sends prompts; it needs the extra `llm`.

Requests run at once in a thread of their own. The client repeats a request after 408, 409, 429 and 5xx, after a
timeout and after a lost connection, each time after twice the wait; a `Retry-After` of the server is kept. It
follows no redirect, and an answer has a limit in bytes and in time.
"""

import asyncio
import json
import logging
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from pipeline.llm.endpoint import KEYS, TOKENS, Endpoint, Failure, Reply
from pipeline.llm.prompt import CHARACTERS, Request, tokens_of

PATH = "/chat/completions"  # what the client of the API adds to the address of an endpoint
NO_KEY = "none"  # what a server without keys is sent
FATAL = (401, 403, 404)  # every other request would end so too
OPTIONAL = ("temperature", "max_tokens")  # parameters that some servers refuse
FORM = "response_format"  # the parameter that holds a server to a form; some know none, or only some of these:
FORMS = ("json_schema", "json_object with a schema", "json_object", "no form")  # tried in this order
REFUSED = ("response_format", "json_schema", "json_object")  # words of a server that does not know a form
LONGER = "max_completion_tokens"  # the name of `max_tokens` for newer models
WAITS = 60.0  # seconds that the waits between the tries of a request may take
TRIED = "x-stainless-retry-count"  # the header in which the client counts
BYTES = 30  # of an answer for each of its tokens, with what they are wrapped in
MORE = 1_000_000  # bytes of an answer beside those, such as thoughts and counts
SHOWN = 400  # characters of a reason that holds addresses
_log = logging.getLogger("corridor")


class Unwanted(Exception):
    """What a server sent and is not taken; `fatal`: every other request would end so too."""

    def __init__(self, reason: str, fatal: bool = False) -> None:
        super().__init__(reason)
        self.fatal = fatal


class Client(openai.DefaultAsyncHttpxClient):
    """Reads an answer of at most `most` bytes, unpacked, within `seconds` after it was asked for.

    Follows no redirect. To an address of http it uses no proxy, which would see the text.
    """

    def __init__(self, seconds: float, most: int, encrypted: bool) -> None:
        super().__init__(timeout=seconds, follow_redirects=False, trust_env=encrypted)
        self._seconds, self._most = seconds, most

    async def send(self, request: httpx2.Request, **_: Any) -> httpx2.Response:
        """The whole answer. Raises Unwanted, and ReadTimeout, after which the client of the API tries again."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._read(request)
        except TimeoutError:
            raise httpx2.ReadTimeout("the time for an answer is over", request=request) from None

    async def _read(self, request: httpx2.Request) -> httpx2.Response:
        response, body = await super().send(request, stream=True, follow_redirects=False), bytearray()
        try:
            if response.is_redirect:
                to = _shown(response.next_request) if response.next_request else "another address"
                reason = f"{_shown(request)} redirects, which is not followed"
                raise Unwanted(f"{reason}; if this is the endpoint, name it with --llm-url: {to}", fatal=True)
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > self._most:
                    raise Unwanted(f"an answer of more than {self._most:,} bytes")
        finally:
            await response.aclose()
        headers = [(name, value) for name, value in response.headers.multi_items() if name != "content-encoding"]
        if response.is_server_error and any(word.encode() in body for word in REFUSED):
            headers.append(("x-should-retry", "false"))  # which the client of the API heeds: a repeat would end so too
        return httpx2.Response(response.status_code, headers=headers, content=bytes(body), request=request)


def _shown(request: httpx2.Request) -> str:
    """The address of a request, without what may be a secret."""
    address = request.url.copy_with(username=None, password=None, query=None, fragment=None)
    return str(address).removesuffix(PATH)


class Session:
    """Sends requests to an endpoint, from a thread of its own; `files`: a client for batches."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._key = next((value for name in KEYS if (value := os.environ.get(name, "").strip())), NO_KEY)
        self._left_out: set[str] = set()  # parameters that the server has refused
        self._form, self._answered = 0, False  # which of FORMS is asked for; whether anything was answered
        most, encrypted = MORE + BYTES * endpoint.max_tokens, urlsplit(endpoint.url).scheme == "https"
        own: dict[str, Any] = {"api_key": self._key, "base_url": endpoint.url, "max_retries": endpoint.retries}
        self._client = openai.AsyncOpenAI(http_client=Client(endpoint.timeout, most, encrypted), **own)
        files = openai.DefaultHttpxClient(timeout=endpoint.timeout, follow_redirects=False, trust_env=encrypted)
        self.files = openai.OpenAI(http_client=files, **own)
        self._loop = asyncio.new_event_loop()
        self._turn = asyncio.Semaphore(endpoint.concurrency)
        self._thread = threading.Thread(target=self._loop.run_forever, name="corridor-llm", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Gives up what is on its way."""
        if self._thread.is_alive():
            self._run(self._end()).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self.files.close()

    def send(self, request: Request) -> Future[Reply | Failure]:
        """Puts a request in the queue of those that are sent."""
        return self._run(self._ask(request))

    def _run[R](self, work: Coroutine[Any, Any, R]) -> Future[R]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.close()
        await self._loop.shutdown_default_executor()

    async def _ask(self, request: Request) -> Reply | Failure:
        most = self._endpoint.timeout * (self._endpoint.retries + 1) + WAITS  # whatever a server does
        async with self._turn:
            try:
                async with asyncio.timeout(most):
                    return await self._reply(request)
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

    async def _reply(self, request: Request) -> Reply:
        while True:
            form, options = self._form, self.body_of(request)
            try:
                raw = await self._client.chat.completions.with_raw_response.create(**options)
                break
            except openai.APIStatusError as error:
                message, wrong = str(error.message), error.status_code in (400, 422)
                refused = {name for name in (*OPTIONAL, LONGER) if wrong and name in options and name in message}
                self._left_out |= refused
                named = any(word in message for word in REFUSED) and (wrong or error.status_code >= 500)
                if FORM in options and (named or (wrong and not refused and not self._answered)):
                    self._form = max(self._form, form + 1)
                elif not refused:
                    self._form = self._form if self._answered else 0  # it was not the form
                    raise
        if form and not self._answered:
            _log.warning("the endpoint does not know response_format %s; asked for %s", FORMS[0], FORMS[form])
        self._answered = True
        return self.reply_of(json.loads(raw.content), request, raw.retries_taken)

    def reply_of(self, found: Any, request: Request, retries: int = 0) -> Reply:
        """What a server's answer says. Raises LookupError, TypeError, AttributeError for one of another form."""
        choice = found["choices"][0]
        content = self._without_key(_encodable(choice["message"]["content"] or ""))
        counted = _counted(found.get("usage"))
        tokens = counted or (tokens_of(request), len(content) // CHARACTERS)
        cut = choice.get("finish_reason") == "length"
        return Reply(content, *tokens, estimated=counted is None, cut=cut, retries=retries)

    def body_of(self, request: Request) -> dict[str, Any]:
        """The body of a call, as far as the server is known to take it."""
        messages = [{"role": "system", "content": request.system}, {"role": "user", "content": request.text}]
        named = {"name": "commitments", "schema": request.form, "strict": False}
        wanted: dict[str, Any] = {"model": self._endpoint.model, "messages": messages}
        wanted |= {"temperature": 0, "max_tokens": self._endpoint.max_tokens}
        if self._form < len(FORMS) - 1:
            kind = {"type": "json_object"} if self._form else {"type": "json_schema", "json_schema": named}
            wanted[FORM] = kind | ({"schema": request.form} if self._form == 1 else {})
        if "max_tokens" in self._left_out:
            wanted[LONGER] = self._endpoint.max_tokens
        return {name: value for name, value in wanted.items() if name not in self._left_out}

    def _failure(self, status: int, message: str, retries: int) -> Failure:
        """The failure of a status; the text of the server is shortened, and never shows the key."""
        if status in (401, 403):
            return Failure(f"the endpoint refuses the key (HTTP {status}); set {KEYS[0]}", fatal=True)
        text = " ".join(self._without_key(_encodable(message)).split()).removeprefix(f"Error code: {status} - ")[:200]
        gone = status >= 500 or status == 429
        return Failure(f"HTTP {status}: {text}", fatal=status in FATAL, gone=gone, retries=retries)

    def shown(self, error: openai.OpenAIError) -> str:
        """What to say of an error of `files`."""
        return " ".join(self._without_key(_encodable(str(error))).split())[:200]

    def _without_key(self, text: str) -> str:
        """What a server wrote, without the key."""
        return text if self._key == NO_KEY else text.replace(self._key, "...")


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
