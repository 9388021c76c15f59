"""Finds the relations that sentences state."""

from pipeline.stages.relations.stage import make_relations

__all__ = ["make_relations"]
