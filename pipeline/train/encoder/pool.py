"""Trains several encoders at a time, each in a process of one thread, so that the same come of it on any machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

import torch

Card = dict[str, Any]
Trains = Callable[..., Card]


def each(
    school: Callable[..., Trains], lesson: Sequence[Any], jobs: Sequence[Sequence[Any]], workers: int
) -> list[Card]:
    """What `school(*lesson)`, made once in each of the processes, returns for each of the jobs."""
    with ProcessPoolExecutor(min(workers, len(jobs)), get_context("spawn"), _attend, (school, lesson)) as pool:
        return list(pool.map(_train, jobs))


_schools: list[Trains] = []  # of this process


def _attend(school: Callable[..., Trains], lesson: Sequence[Any]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    _schools[:] = [school(*lesson)]


def _end_with_parent() -> None:
    """Ends this process, which may be at an encoder for half an hour, when the one that began it is killed."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _train(job: Sequence[Any]) -> Card:
    return _schools[0](*job)
