"""Trains the base on masked words of news before it is fine-tuned.

The base was made to compare whole sentences, in lower case. Here its word pieces learn their meaning in context, and
how words are written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, gelu

from pipeline.stages.models.encoder import Window, stacked, windows
from pipeline.train.encoder.network import Network
from pipeline.train.encoder.steps import trained

LONGEST = 3_000  # characters of an article that are read
SIZE, RATE = 16, 4e-4
SHARES = 8  # of the windows, after each of which the loss is printed
MASK, KEPT, SHARE = 103, (101, 102, 0), 0.15  # the piece that masks, those never masked, share of those masked


def news_windows(path: Path, encode: Any) -> list[Window]:
    """The beginnings of articles (JSON lines with `text`) in windows cut at their lines."""
    with path.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"][:LONGEST] for line in lines]
    return [window for text in texts for window in windows(text, _lines(text), encode)]


def _lines(text: str) -> list[tuple[int, int]]:
    found, start = [], 0
    for line in text.split("\n"):
        found.append((start, start + len(line)))
        start += len(line) + 1
    return found


class _Masked(nn.Module):
    """Scores of all word pieces at some positions, with the input embeddings as the output layer."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        words = network.bert.embeddings.word_embeddings.weight
        self.network = network
        self.dense, self.norm = nn.Linear(words.shape[1], words.shape[1]), nn.LayerNorm(words.shape[1])
        self.bias = nn.Parameter(torch.zeros(words.shape[0]))

    def forward(self, ids: Tensor, cases: Tensor, mask: Tensor, at: Tensor) -> Tensor:
        hidden = self.network.hidden(ids, cases, mask)[at]
        scores: Tensor = self.norm(gelu(self.dense(hidden))) @ self.network.bert.embeddings.word_embeddings.weight.T
        return scores + self.bias


def read_news(network: Network, read: Sequence[Window], seed: int = 0) -> Network:
    """The network after one pass over the windows; the same seed and number of threads give the same weights."""
    if not read:
        return network
    torch.manual_seed(seed)
    shares = [read[at::SHARES] for at in range(min(SHARES, len(read)))]
    return trained(_Masked(network), shares, SIZE, (RATE, RATE), _loss, lambda window: len(window.ids), seed).network


def _loss(model: _Masked, batch: list[Window]) -> Tensor:
    ids, cases, mask = torch.from_numpy(stacked(batch))
    able = torch.isin(ids, torch.tensor(KEPT), invert=True)
    at = able & (torch.rand(ids.shape) < SHARE)
    wanted, dice = ids[at], torch.rand(ids.shape)
    random_ids = torch.randint(1000, int(ids.max()) + 1, ids.shape)
    shown = torch.where(at & (dice < 0.8), MASK, torch.where(at & (dice > 0.9), random_ids, ids))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = model(shown, cases, mask, at)
    return cross_entropy(scores.float(), wanted)
