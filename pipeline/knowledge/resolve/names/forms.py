"""What the kinds of names have in common, and the plainest kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass


class Form(ABC):
    """A name as it is compared; hashable, so that a cluster keeps each form once.

    `label`: the weights of `seeds/resolve.yaml` that apply to it.
    """

    label: str

    @property
    @abstractmethod
    def keys(self) -> frozenset[str]:
        """The keys under which it is found."""

    @property
    def lookups(self) -> frozenset[str]:
        """The keys under which names to compare it with are looked up."""
        return self.keys

    @abstractmethod
    def compare(self, other: Form) -> tuple[str, ...] | None:
        """The reasons why both may name one thing, possibly none; None where they cannot."""


@dataclass(frozen=True)
class PlainForm(Form):
    """Compared by equality only: a country by its code, an unnamed group by its words."""

    name: str
    label: str

    @property
    def keys(self) -> frozenset[str]:
        return frozenset({f"{self.label} {self.name}"})

    def compare(self, other: Form) -> tuple[str, ...] | None:
        if not isinstance(other, PlainForm) or self.label != other.label:
            return None
        coded = self.label == "country" and self.name.isupper()
        return (("country_code" if coded else "same_name"),) if self.name == other.name else ()
