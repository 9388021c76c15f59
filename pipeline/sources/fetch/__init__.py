"""Pages fetched from the web into a folder, politely and only when asked: `corridor fetch`."""

from pipeline.sources.fetch.addresses import Refusal, canonical, origin
from pipeline.sources.fetch.folder import Folder
from pipeline.sources.fetch.visit import Outcome, Politeness, Visit

__all__ = ["Folder", "Outcome", "Politeness", "Refusal", "Visit", "canonical", "origin"]
