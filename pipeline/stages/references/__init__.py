"""Says which mentions, descriptions and pronouns mean the same actor or project."""

from pipeline.stages.references.stage import make_references

__all__ = ["make_references"]
