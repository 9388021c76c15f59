"""The ids under which others publish what a record reports, where a person accepted them (`corridor match`)."""

from __future__ import annotations

from pipeline.knowledge.decisions import Scheme
from pipeline.knowledge.folder import Knowledge
from pipeline.publish.index import RecordIndex
from pipeline.record import Commitment


class PublishedIds:
    """Of the parts of records, by their lasting ids."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._published = knowledge.published
        self._ids = {link.link: link.entity for link in knowledge.links} if knowledge.published.ids else {}

    def of_project(self, index: RecordIndex, project: str, *schemes: Scheme) -> list[str]:
        lasting = self._ids.get(index.key(project))
        return [one for scheme in schemes for one in self._published.of([lasting], scheme)]

    def of_commitment(self, index: RecordIndex, commitment: Commitment, scheme: Scheme) -> list[str]:
        """Its own, else those of its projects."""
        own = self._published.of([self._ids.get(index.key(commitment.id))], scheme)
        return own or self._published.of((self._ids.get(index.key(name)) for name in commitment.projects), scheme)
