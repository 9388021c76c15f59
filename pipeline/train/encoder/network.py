"""The encoder in torch while it learns: a base with heads for pieces and for pairs."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, logging

from pipeline.stages.models.encoder import HEADS
from pipeline.stages.models.pair_head import EDGES, LABELS, RELATIONS, ROLES
from pipeline.train.encoder.packed import HEADS_FILE

logging.set_verbosity_error()  # new layers are intended
logging.disable_progress_bar()
CASES = 5
WIDTH = 64  # of the projection of a span
ATTENTION = "eager"  # a quarter faster than the fused kernel for heads and windows as small as these


class Pairs(nn.Module):
    """Scores pairs of spans by their projections, labels and distance.

    Only the training of the encoder uses it; the pair head in use is `heads.modules.PairHead`.
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

    def learned_heads(self) -> dict[str, Tensor]:
        """The weights of a base that are not those of its BERT: cases and heads."""
        return {name: value for name, value in self.state_dict().items() if not name.startswith("bert.")}

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
