"""The encoder in torch while it learns: a base with heads for pieces, spans and pairs, scores and losses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import AutoConfig, AutoModel, logging

from pipeline.stages.models.encoder import HEADS, stacked
from pipeline.stages.models.heads import EDGES, LABELS, RELATIONS, ROLES
from pipeline.train.encoder.base import HEADS_FILE
from pipeline.train.encoder.samples import UNKNOWN, Sample

logging.set_verbosity_error()  # new layers are intended
logging.disable_progress_bar()
CASES = 5
WIDTH = 64  # of the projection of a span
ATTENTION = "eager"  # a quarter faster than the fused kernel for heads and windows as small as these

PIECES = ("tags", "triggers", "statuses")  # one class of a piece
ONE = ("sectors", "stages")  # one class of a span, by the mean of the scores of its pieces
ANY = ("stated", "topics", "listed")  # any number of classes of a span
PAIRS = ("arguments", "relations")  # one class of a pair
TRIGGER = len(LABELS)  # the label of a trigger

Scores = dict[str, Tensor]  # (rows, classes) by field of a sample


class Pairs(nn.Module):
    """Scores pairs of spans by their projections, labels and distance.

    Only the training of the encoder uses it; the pair head in use is `heads.PairHead`.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.left = nn.Embedding(len(LABELS) + 1, WIDTH)  # the last row: a trigger
        self.right = nn.Embedding(len(LABELS) + 1, WIDTH)
        self.distance = nn.Embedding(len(EDGES) + 1, WIDTH)
        self.out = nn.Linear(WIDTH, classes)

    def forward(self, left: Tensor, right: Tensor, labels: tuple[Tensor, Tensor], distance: Tensor) -> Tensor:
        joined = left + right + self.left(labels[0]) + self.right(labels[1]) + self.distance(distance)
        scores: Tensor = self.out(torch.tanh(joined))
        return scores


class Network(nn.Module):
    """(windows, pieces) ids, cases and mask in; (windows, pieces, columns) out: scores of the heads, then projections.

    The projections, WIDTH columns each: trigger, argument, subject, object.
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
        self.projections = nn.Linear(config.hidden_size, 4 * WIDTH)
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


def scores(network: Network, batch: Sequence[Sample]) -> Scores:
    """The scores for each sample of the batch: a row for each piece, span and pair."""
    ids, cases, mask = torch.from_numpy(stacked([sample.window for sample in batch]))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network(ids, cases, mask)
    out = out.float()
    heads = dict(zip((*PIECES, *ONE, *ANY), out[..., : sum(HEADS)].split(HEADS, dim=-1), strict=True))
    pieces = [(row, at + 1) for row, sample in enumerate(batch) for at in range(len(sample.window.ids))]
    found = {name: heads[name][tuple(torch.tensor(pieces).T)] for name in PIECES}
    found |= {name: _means(heads[name], [getattr(sample, name) for sample in batch]) for name in (*ONE, *ANY)}
    trigger, subject = sum(HEADS), sum(HEADS) + 2 * WIDTH  # where the projections of the two begin
    found["arguments"] = _pairs(network.roles, out[..., trigger:], list(_arguments(batch)))
    found["relations"] = _pairs(network.relations, out[..., subject:], list(_relations(batch)))
    return found


def _means(scores: Tensor, spans: Sequence[Sequence[tuple[int, int, object]]]) -> Tensor:
    means = [scores[row, a + 1 : b + 2].mean(dim=0) for row, own in enumerate(spans) for a, b, _ in own]
    return torch.stack(means) if means else scores.new_empty((0, scores.shape[-1]))


def _arguments(batch: Sequence[Sample]) -> Iterator[tuple[int, ...]]:
    """Every trigger with every span of its window."""
    for row, sample in enumerate(batch):
        for first, last, at, _ in sample.arguments:
            span = sample.spans[at]
            yield row, first, last, span.first, span.last, TRIGGER, span.label


def _relations(batch: Sequence[Sample]) -> Iterator[tuple[int, ...]]:
    """The pairs of spans that may be related."""
    for row, sample in enumerate(batch):
        for left, right, _ in sample.relations:
            a, b = sample.spans[left], sample.spans[right]
            yield row, a.first, a.last, b.first, b.last, a.label, b.label


def _pairs(head: Pairs, projections: Tensor, questions: Sequence[tuple[int, ...]]) -> Tensor:
    row, a, b, c, d, left, right = torch.tensor(questions, dtype=torch.long).reshape(-1, 7).T
    one, other = projections[..., :WIDTH], projections[..., WIDTH : 2 * WIDTH]
    distance = torch.bucketize(c - a, torch.from_numpy(EDGES), right=True)
    found: Tensor = head(_span(one, row, a, b), _span(other, row, c, d), (left, right), distance)
    return found


def _span(projected: Tensor, row: Tensor, first: Tensor, last: Tensor) -> Tensor:
    return (projected[row, first + 1] + projected[row, last + 1]) / 2


def loss(name: str, scores: Tensor, batch: Sequence[Sample]) -> Tensor:
    """The mean loss of the scores of a field against the annotations; nothing where none is known."""
    given = [answer for sample in batch for answer in getattr(sample, name)]
    if name in PIECES:
        return _classes(scores, given)
    *_, answers = zip(*given, strict=True) if given else ((),)
    if name in PAIRS:
        return _classes(scores, answers)
    known = [at for at, answer in enumerate(answers) if answer is not None]
    if not known:
        return scores.sum() * 0
    allowed = torch.zeros_like(scores)
    for at in known:
        allowed[at, list(answers[at])] = 1
    if name in ANY:
        return binary_cross_entropy_with_logits(scores[known], allowed[known], reduction="sum") / len(known)
    having = scores.log_softmax(dim=-1).masked_fill(allowed == 0, -torch.inf)[known]
    return -having.logsumexp(dim=-1).mean()


def _classes(scores: Tensor, answers: Sequence[int]) -> Tensor:
    wanted = torch.tensor(answers, dtype=torch.long)
    known = wanted != UNKNOWN
    return cross_entropy(scores[known], wanted[known]) if known.any() else scores.sum() * 0
