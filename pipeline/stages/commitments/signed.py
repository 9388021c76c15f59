"""Tells the signing of an instrument that is only called by its sort: "The MoU was signed by the secretaries"."""

from __future__ import annotations

from functools import cache

from pipeline.seeds import table
from pipeline.stages.commitments.chains import Chain
from pipeline.stages.commitments.words import Word

DONE = {"nsubjpass", "dobj"}  # what is signed
PARTS = {"det", "predet", "compound", "nmod", "amod", "prep"}  # what an instrument may have without being described


def is_signed_again(chain: Chain) -> bool:
    """Whether the chain signs an instrument that nothing but a word like "the" tells from others."""
    action = chain.action
    finite = action.lemma in _words()["verbs"] and action.dep != "acl"
    return finite and any(_is_known(word) for word in action.children if word.dep in DONE)


def _is_known(word: Word) -> bool:
    known = word.lemma in _words()["instruments"] and any(child.lower in _words()["known"] for child in word.children)
    return known and not any(_describes(child) for child in word.children)


def _describes(child: Word) -> bool:
    """A name ("Simla"), another time ("latest"), what it is about ("on trade"), a clause; not "of understanding"."""
    if child.dep not in PARTS or (child.dep == "prep" and child.lower != "of"):
        return child.pos != "PUNCT"
    return child.pos == "PROPN" or child.tag in ("JJS", "JJR")


@cache
def _words() -> dict[str, frozenset[str]]:
    seeds = table("commitments.yaml")
    found = {name: frozenset(words) for name, words in seeds["signing"].items()}
    return found | {"instruments": found["instruments"] | set(seeds["objects"]["agreement"])}
