"""The heads for pairs, spans and texts in torch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import batched, chain
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from pipeline.stages.models import pair_head, span_head, text_head
from pipeline.stages.models.encoder import SECTORS, STATED
from pipeline.stages.models.heads import HIDDEN, Floats, Integers, Vector
from pipeline.train.encoder.packed import HEADS_FILE

WIDTH, NARROW = 128, 64  # of the hidden layers, and of a head that needs fewer
DROPPED, OFTEN = 0.2, 0.4
STORED = {"mentions": "names", "stated": "told"}  # heads that bases keep under an earlier name


class Head(nn.Module):
    """Two hidden layers over the vectors of a question and its facts; `facts`: the classes of all facts together."""

    vectors: tuple[str, ...]  # their names

    def __init__(self, facts: int, classes: int, width: int = WIDTH, dropped: float = DROPPED) -> None:
        super().__init__()
        self.into = nn.ModuleDict({name: nn.Linear(HIDDEN, width, bias=False) for name in self.vectors})
        self.facts = nn.Embedding(facts, width)
        self.inner, self.outer = nn.Linear(width, width), nn.Linear(width, classes)
        self.drop = nn.Dropout(dropped)

    def scores(self, joined: Tensor) -> Tensor:
        """(questions, classes) scores of the first hidden layer."""
        found: Tensor = self.outer(self.drop(torch.relu(self.inner(torch.relu(joined)))))
        return found

    def inputs(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        """The inputs of `forward`, from the pieces (pieces, HIDDEN) and `ends` and `facts` of `Questions`."""
        raise NotImplementedError

    def examples(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        """The same, to learn from."""
        return self.inputs(hidden, ends, facts)


class RowHead(Head):
    """A head whose vectors are sums and means of pieces."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """(questions, classes) scores; `inputs`: the two parts of each `Vector`, then facts."""
        vectors = zip(self.into.values(), inputs[:-1:2], inputs[1:-1:2], strict=True)
        joined = torch.stack([_picked(into(self.drop(rows)), of) for into, rows, of in vectors]).sum(dim=0)
        return self.scores(joined + self.facts(inputs[-1]).sum(dim=1))

    def read(self, hidden: Floats, ends: Integers) -> Iterator[Vector]:
        """As the head in use takes them."""
        raise NotImplementedError

    def inputs(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        return *map(torch.from_numpy, chain(*self.read(hidden, ends))), torch.from_numpy(facts)

    def examples(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        """The same with a row for each question, so that each has its own dropout."""
        *inputs, last = self.inputs(hidden, ends, facts)
        own = torch.arange(len(facts))
        rows = (_picked(*vector) for vector in batched(inputs, 2))
        return *(given for row in rows for given in (row, own)), last


def _picked(rows: Tensor, of: Tensor) -> Tensor:
    return of @ rows if of.dim() == 2 else rows[of]


class PairHead(RowHead):
    vectors = pair_head.VECTORS

    def read(self, hidden: Floats, ends: Integers) -> Iterator[Vector]:
        return pair_head.vectors_of(hidden, *ends)


class SpanHead(RowHead):
    vectors = span_head.VECTORS

    def read(self, hidden: Floats, ends: Integers) -> Iterator[Vector]:
        return span_head.vectors_of(hidden, *ends)


class TextHead(Head):
    vectors = text_head.VECTORS

    def __init__(self, classes: int, width: int = WIDTH, dropped: float = DROPPED) -> None:
        super().__init__(1, classes, width, dropped)
        self.asks = nn.Linear(HIDDEN, text_head.LOOKS, bias=False)

    def forward(self, pieces: Tensor, sizes: Tensor) -> Tensor:
        """(texts, classes) scores; `pieces` (texts, longest, HIDDEN), of which each text has so many (`sizes`)."""
        beyond = torch.arange(pieces.shape[1])[None, :, None] >= sizes[:, None, None]
        weights = self.asks(pieces).masked_fill(beyond, -torch.inf).softmax(dim=1)
        looks = (weights.transpose(1, 2) @ pieces).unbind(dim=1)
        joined = torch.stack([into(self.drop(look)) for into, look in zip(self.into.values(), looks, strict=True)])
        return self.scores(joined.sum(dim=0) + self.facts.weight)

    def inputs(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        pieces, sizes = text_head.padded(hidden, *ends[:2])
        return torch.from_numpy(pieces), torch.from_numpy(sizes)


def initial_heads(base: Path, seed: int) -> dict[str, Head]:
    """The heads that a base has learned, or new ones."""
    torch.manual_seed(seed)
    pair, span = sum(pair_head.FACTS), sum(span_head.FACTS)
    roles, relations = len(pair_head.ROLES), len(pair_head.RELATIONS)
    found: dict[str, Head] = {"roles": PairHead(pair, roles), "relations": PairHead(pair, relations)}
    found["mentions"] = SpanHead(span, len(span_head.NAMED))
    found |= {"stated": TextHead(len(STATED), NARROW), "topics": TextHead(len(SECTORS))}
    found["projects"] = TextHead(len(SECTORS), dropped=OFTEN)  # few short texts, read many times
    known = load_file(base / HEADS_FILE) if (base / HEADS_FILE).is_file() else {}
    for name, head in found.items():
        prefix = _prefix(name)
        own = {key.removeprefix(prefix): value for key, value in known.items() if key.startswith(prefix)}
        if own:
            head.load_state_dict(own)
    return found


def state_of(found: dict[str, Head]) -> dict[str, Tensor]:
    """What a base keeps of heads."""
    return {_prefix(name) + key: value for name, head in found.items() for key, value in head.state_dict().items()}


def _prefix(name: str) -> str:
    return f"layers.{STORED.get(name, name)}."
