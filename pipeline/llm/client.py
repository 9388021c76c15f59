"""The HTTP client under that of the API: it goes where it is told to go, and takes only so much, for only so long."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
from openai import DefaultAsyncHttpxClient

PATH = "/chat/completions"  # what the client of the API adds to the address of an endpoint


class Unwanted(Exception):
    """What a server sent and is not taken; `fatal`: every other request would end so too."""

    def __init__(self, reason: str, fatal: bool = False) -> None:
        super().__init__(reason)
        self.fatal = fatal


class Client(DefaultAsyncHttpxClient):
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
                to = _told(response.next_request) if response.next_request else "another address"
                reason = f"{_told(request)} redirects, which is not followed"
                raise Unwanted(f"{reason}; if this is the endpoint, name it with --llm-url: {to}", fatal=True)
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > self._most:
                    raise Unwanted(f"an answer of more than {self._most:,} bytes")
        finally:
            await response.aclose()
        headers = [(name, value) for name, value in response.headers.multi_items() if name != "content-encoding"]
        return httpx2.Response(response.status_code, headers=headers, content=bytes(body), request=request)


def _told(request: httpx2.Request) -> str:
    """The address of a request, without what may be a secret."""
    address = request.url.copy_with(username=None, password=None, query=None, fragment=None)
    return str(address).removesuffix(PATH)
