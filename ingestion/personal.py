"""What may be personal where nobody said so: found by the names of columns and by what their cells look like, and masked.

An undeclared column named like a person's data is masked whole; in the others, mails, telephone numbers, bank accounts and card
numbers are masked where they stand. In declared free text, such as tags and descriptions, mails are. This is a net under the
declarations, not a replacement: a name in a column `Memo` passes through it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from ingestion.contract import fold_header

MASK = "***"

_WORDS = (
    "mail", "phone", "telephone", "mobile", "fax", "address", "addr", "street", "strasse", "straße", "anschrift", "adresse",
    "city", "town", "zip", "zipcode", "postcode", "postal", "plz", "telefon", "handy", "vorname", "nachname", "surname", "prenom",
    "courriel", "firstname", "lastname", "fullname", "username", "recipient", "consignee", "buyer", "birthday", "birthdate",
    "dob", "passport", "iban", "ssn", "contact", "email", "emails", "phones", "line1", "line2", "cardholder",
    "latitude", "longitude",
)  # fmt: skip
_PHRASES = (
    "first name", "last name", "full name", "user name", "customer name", "billing name", "shipping name", "company name",
    "ship to name", "bill to name", "client name", "name on card", "date of birth", "tax id", "ip address", "e mail",
    "customer note", "customer notes", "note attributes", "gift message", "delivery instructions", "order note", "order notes",
)  # fmt: skip
_NAMED = re.compile(rf"\b(?:{'|'.join((*_PHRASES, *_WORDS))})[0-9]?\b")

_MAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
_TELEPHONE = r"\+[0-9][0-9 ()./\-]{6,18}[0-9]|\([0-9]{3}\) ?[0-9]{3}[ \-][0-9]{4}|\b[0-9]{3}-[0-9]{3}-[0-9]{4}\b"
_IBAN = r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"
_CARD = r"\b[3-6][0-9]{3}(?: [0-9]{4}){3}\b|\b[3-6][0-9]{3}(?:-[0-9]{4}){3}\b"
PATTERN = f"{_MAIL}|{_TELEPHONE}|{_IBAN}|{_CARD}"
"""A piece of text that is a mail, a telephone number, a bank account or a card number; order and goods numbers are none."""

_NUMBER = r"-?[0-9][0-9.eE+\-]*"
_MEMBER = rf'"([^"\\]{{1,80}})":("(?:[^"\\]|\\.)*"|{_NUMBER})'
_EXPONENT, _PLUS = r"([:,\[]-?[0-9.]+[eE])\+([0-9])", "\x00"
"""The `+` of a JSON number such as 1E+12345678, which looks like a telephone number's, and what stands for it meanwhile."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A page's text columns with personal pieces masked, and the names of the columns in which there were any."""

    frame: pl.DataFrame
    suspected: tuple[str, ...]


def is_named_personal(header: str) -> bool:
    """Whether a column's name says that it holds a person's data."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return _NAMED.search(re.sub(r"[^\w]+", " ", fold_header(parted))) is not None


def masked_columns(frame: pl.DataFrame, names: Iterable[str]) -> Scanned:
    """Return the frame with the undeclared text columns `names` masked; blank cells stay blank."""
    masked: list[pl.Expr] = []
    found: list[str] = []
    for name in names:
        if is_named_personal(name):
            if (frame[name] != "").any():
                masked.append(pl.when(pl.col(name) != "").then(pl.lit(MASK)).otherwise(pl.col(name)).alias(name))
                found.append(name)
        elif frame[name].str.contains(PATTERN).any():
            masked.append(pl.col(name).str.replace_all(PATTERN, MASK))
            found.append(name)
    return Scanned(frame.with_columns(masked) if masked else frame, tuple(found))


def masked_mails(frame: pl.DataFrame, names: Iterable[str]) -> Scanned:
    """Return the frame with the mails in the declared free-text columns `names` masked."""
    # a mail is looked for only where there is its sign, which is found at the speed of memory
    found = tuple(
        name for name in names
        if frame[name].str.contains("@", literal=True).any() and frame[name].str.contains(_MAIL).any()
    )  # fmt: skip
    masked = [pl.col(name).str.replace_all(_MAIL, MASK) for name in found]
    return Scanned(frame.with_columns(masked) if masked else frame, found)


def masked_members(frame: pl.DataFrame, column: str) -> Scanned:
    """Return the frame with the JSON objects of `column` masked: members named like a person's data, and pieces of any text."""
    texts = frame[column]
    named = _named_members(texts)
    found = set(named)
    masked = texts
    if named:
        names = "|".join(re.escape(name) for name in named)
        masked = masked.str.replace_all(rf'"({names})":("(?:[^"\\]|\\.)*"|{_NUMBER})', f'"$1":"{MASK}"')
    masked = masked.str.replace_all(_EXPONENT, f"${{1}}{_PLUS}${{2}}")
    if masked.str.contains(PATTERN).any():
        holding = masked.filter(masked.str.contains(PATTERN))
        pairs = holding.str.extract_all(_MEMBER).explode().drop_nulls().unique()
        hit = pairs.filter(pairs.str.contains(PATTERN))
        found |= {pair.partition('":')[0].strip('"') for pair in hit}
        masked = masked.str.replace_all(PATTERN, MASK)
    if not found:
        return Scanned(frame, ())
    masked = masked.str.replace_all(_PLUS, "+", literal=True)
    return Scanned(frame.with_columns(masked.alias(column)), tuple(sorted(found)))


def _named_members(texts: pl.Series) -> list[str]:
    """Return the names of members with a text or a number that are named like a person's data, from a page of JSON objects."""
    names = texts.str.extract_all(r'"[^"\\]{1,80}":(?:"[^"]|-?[0-9])').explode().drop_nulls()
    unique = names.str.extract(r'^"([^"]+)"', 1).drop_nulls().unique()
    return sorted(name for name in unique if is_named_personal(name))
