"""Packed files (`news.jsonl.gz`, `news.csv.zst`): unpacked as they are read, a little at a time."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator
from functools import partial
from io import BufferedReader, RawIOBase
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

_STEP = 256  # packed bytes at a time: what they unpack to is at most 8 MB, and lost if they are damaged
_GZIP = 31  # for zlib: with the header and the check sum of gzip


def _zstandard() -> Any:
    from zstandard import ZstdDecompressor  # few runs need it

    return ZstdDecompressor().decompressobj()


PACKINGS: dict[str, Callable[[], Any]] = {".gz": partial(zlib.decompressobj, _GZIP), ".zst": _zstandard}


def kind(name: str) -> str:
    """The extension of a file, lower case, with what is packed in it: `.jsonl.gz`."""
    path = PurePosixPath(name.lower())
    return PurePosixPath(path.stem).suffix + path.suffix if path.suffix in PACKINGS else path.suffix


def kinds(known: Collection[str]) -> str:
    """Extensions on one line: `.csv, .txt; .csv in .gz or .zst`."""
    packed = {name for name in known if name.count(".") > 1}
    inside = sorted({name.rpartition(".")[0] for name in packed})
    plain = ", ".join(sorted(set(known) - packed))
    return f"{plain}; {', '.join(inside)} in {' or '.join(PACKINGS)}" if packed else plain


def unpacked(stream: BinaryIO, packing: str) -> BinaryIO:
    """What is packed in a file. Reading it raises OSError where the file is damaged or cut, after what comes before."""
    return cast(BinaryIO, BufferedReader(_Unpacked(_pieces(stream, packing))))


class _Unpacked(RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ahead = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ahead:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._ahead = memoryview(piece)
        size = min(len(buffer), len(self._ahead))
        buffer[:size] = self._ahead[:size]
        self._ahead = self._ahead[size:]
        return size


def _pieces(stream: BinaryIO, packing: str) -> Iterator[bytes]:
    """What is in all parts of a file: gzip and Zstandard allow several, one after the other, with NULs at the end."""
    part = None
    for packed in iter(partial(stream.read, _STEP), b""):
        while packed:
            if part is None:
                packed = packed.lstrip(b"\0")
                if not packed:
                    break
                part = PACKINGS[packing]()
            try:
                yield part.decompress(packed)
            except Exception as error:  # each packing has its own errors
                raise OSError(f"not {packing}, or damaged; what follows is lost: {error}") from error
            packed, part = (part.unused_data, None) if part.eof else (b"", part)
    if part is not None:
        raise OSError(f"cut before the end of the {packing}; what follows is lost")
