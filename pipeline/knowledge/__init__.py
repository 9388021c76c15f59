"""The knowledge folder that `corridor resolve` writes: its rows, and the reading and writing of them."""

from pipeline.knowledge.folder import Knowledge, of_folder, read, write
from pipeline.knowledge.links import (
    KnownArticle,
    Link,
    Local,
    LocalActor,
    LocalCommitment,
    LocalProject,
    Sum,
    article_of,
    lasting_id,
)
from pipeline.knowledge.rows import Event, KnownActor, KnownCommitment, KnownProject, Proposal, Report, Value

__all__ = [
    "Event",
    "Knowledge",
    "KnownActor",
    "KnownArticle",
    "KnownCommitment",
    "KnownProject",
    "Link",
    "Local",
    "LocalActor",
    "LocalCommitment",
    "LocalProject",
    "Proposal",
    "Report",
    "Sum",
    "Value",
    "article_of",
    "lasting_id",
    "of_folder",
    "read",
    "write",
]  # fmt: skip
