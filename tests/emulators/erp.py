"""What every emulated purchasing system has: goods with codes, documents with a reference, and people who act on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from tests.emulators.front import Answer

SECRET = "emulated-key-of-an-application"
GOODS = ("SKU-1", "SKU-2", "SKU-3")
PLACE, SUPPLIER, CURRENCY = "OWN1", "ACME", "USD"


@dataclass
class Document:
    """One requisition or order; `order` is the number and the quantity of the purchase it became, once it did."""

    number: int
    reference: str
    sku: str
    quantity: float
    state: str
    order: tuple[str, float] | None = None


@dataclass
class Erp:
    """`effects` is everything that changed, in order: what was done, and the reference. The sets break the catalogue."""

    documents: list[Document] = field(default_factory=list)
    effects: list[tuple[str, str]] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    duplicated: set[str] = field(default_factory=set)
    not_purchasable: set[str] = field(default_factory=set)

    first_state, refused_state = "draft", "cancelled"
    final_states: ClassVar[frozenset[str]] = frozenset()
    """States in which nothing of ours is left to do."""

    def of(self, reference: str) -> list[Document]:
        return [document for document in self.documents if document.reference == reference]

    def is_whole(self, reference: str, quantity: int) -> bool:
        """Whether exactly one document carries the reference, with that quantity, and nothing is left to do."""
        found = self.of(reference)
        return [(d.quantity, d.state in self.final_states) for d in found] == [(quantity, True)]

    def create(self, reference: str, sku: str, quantity: float) -> Document:
        document = Document(len(self.documents) + 1, reference, sku, quantity, self.first_state)
        self.documents.append(document)
        self.effects.append(("create", reference))
        return document

    def move(self, document: Document, state: str, what: str) -> None:
        document.state = state
        self.effects.append((what, document.reference))

    def refuse(self, reference: str) -> None:
        """A buyer says no."""
        for document in self.of(reference):
            document.state = self.refused_state

    def change(self, reference: str, quantity: float) -> None:
        """A buyer writes another quantity."""
        for document in self.of(reference):
            document.quantity = quantity

    def remove(self, reference: str) -> None:
        """Somebody deletes it."""
        self.documents = [document for document in self.documents if document.reference != reference]

    def codes(self, asked: set[str], known: tuple[str, ...]) -> list[tuple[int, str]]:
        """Id and code of what exists of the codes asked for; a duplicated one exists twice."""
        rows = [(10 + number, code) for number, code in enumerate(known) if code in asked and code not in self.unknown]
        return rows + [(number + 1000, code) for number, code in rows if code in self.duplicated]


def page(status: int, words: str) -> Answer:
    """An answer as web servers give it when no program made it."""
    return Answer(status, f"<!doctype html><title>{status} {words}</title>".encode(), {"content-type": "text/html"})
