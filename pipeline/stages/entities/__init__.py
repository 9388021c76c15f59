"""Finds the mentions of an article."""

from pipeline.stages.entities.stage import make_entities

__all__ = ["make_entities"]
