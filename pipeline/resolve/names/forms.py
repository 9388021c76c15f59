"""What the kinds of names have in common, and the plainest kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Form(Protocol):
    """A name as it is compared; hashable, so that a cluster keeps each form once."""

    @property
    def label(self) -> str:
        """The weights of `seeds/resolve.yaml` that apply to it."""

    @property
    def keys(self) -> frozenset[str]:
        """The keys under which it is found."""

    @property
    def lookups(self) -> frozenset[str]:
        """The keys under which names to compare it with are looked up."""

    def compare(self, other: Form) -> tuple[str, ...] | None:
        """The reasons why both may name one thing, possibly none; None where they cannot."""


@dataclass(frozen=True)
class PlainForm:
    """Compared by equality only: a country by its code, an unnamed group by its words."""

    name: str
    label: str

    @property
    def keys(self) -> frozenset[str]:
        return frozenset({f"{self.label} {self.name}"})

    @property
    def lookups(self) -> frozenset[str]:
        return self.keys

    def compare(self, other: Form) -> tuple[str, ...] | None:
        if not isinstance(other, PlainForm) or self.label != other.label:
            return None
        coded = self.label == "country" and self.name.isupper()
        return (("country_code" if coded else "same_name"),) if self.name == other.name else ()
