"""What many articles say together: the rows of a knowledge folder, and the folder read back.

Hard because it must be right twice: a row is what a reader wants to see, and the links beside it are all that is needed
to make the row again when a person decides otherwise.
"""

from pipeline.knowledge.folder import FILES, Knowledge, lines, of_folder, read
from pipeline.knowledge.known import Event, KnownActor, KnownCommitment, KnownProject, Proposal, Telling, Told
from pipeline.knowledge.said import ActorSaid, CommitmentSaid, KnownArticle, Link, ProjectSaid, Said, Sum

__all__ = [
    "FILES", "ActorSaid", "CommitmentSaid", "Event", "Knowledge", "KnownActor", "KnownArticle", "KnownCommitment",
    "KnownProject", "Link", "ProjectSaid", "Proposal", "Said", "Sum", "Telling", "Told", "lines", "of_folder", "read",
]  # fmt: skip
