"""Finds the commitments that an article states."""

from pipeline.stages.commitments.stage import make_commitments

__all__ = ["make_commitments"]
