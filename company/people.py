"""Who may do what: the people that `[people]` names, their roles, and what purchasing asks of them.

Deny by default: an act that no role of a person allows is refused. The machine that computes proposals is no person, has no
role, and can never approve. Imports nothing else of the house.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MACHINE = "tallyhouse"
"""Who the records name for what is computed, collected and sent without a person."""
_RESERVED = frozenset({MACHINE, "push", "policy"})

Role = Literal["viewer", "planner", "approver", "operator", "admin", "auditor"]
Act = Literal[
    "propose", "approve", "refuse", "push", "replay", "kill", "quarantine", "emergency", "countersign", "audit"
]

ACTS: Mapping[Act, frozenset[Role]] = {
    "propose": frozenset({"planner"}),
    "approve": frozenset({"approver"}),
    "refuse": frozenset({"planner", "approver"}),
    "push": frozenset({"operator"}),
    "replay": frozenset({"operator"}),
    "kill": frozenset({"operator", "planner", "approver", "admin"}),
    "quarantine": frozenset({"operator", "planner"}),
    "emergency": frozenset({"operator", "approver"}),
    "countersign": frozenset({"approver"}),
    "audit": frozenset({"auditor", "admin"}),
}
"""Which roles allow an act: propose (edit, submit, withdraw), refuse (reject), push (send, resume), and so on. `kill` is wide:
stopping is always safer than not. Reading needs no role, because whoever reads the home's files reads everything."""

UNNAMED_ROLES: frozenset[Role] = frozenset({"viewer", "planner", "operator", "auditor"})
"""What anybody may do in a home that names nobody: everything but approve, so that nothing guarded leaves."""


def _person_name(name: str) -> str:
    if name != name.strip() or not 1 <= len(name) <= 80 or name.casefold() in _RESERVED:
        raise ValueError(
            f"{name!r} cannot be a person; write a name of 1 to 80 characters other than {sorted(_RESERVED)}"
        )
    return name


PersonName = Annotated[str, AfterValidator(_person_name)]


class Person(BaseModel):
    """`[people.<name>]`: one person's roles. With `logins`, only these users of this machine can act as that person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: tuple[Role, ...] = Field(min_length=1)
    approves_up_to: Decimal | None = Field(None, ge=0)
    """The largest amount, in the base currency, that an approver may approve; without it any amount."""
    logins: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _duties_apart(self) -> Person:
        roles = set(self.roles)
        if {"admin", "approver"} <= roles:
            raise ValueError("an admin cannot be an approver as well: who sets the limits does not use them")
        if "auditor" in roles and roles - {"auditor", "viewer"}:
            raise ValueError("an auditor only reads; give the other roles to somebody else")
        if self.approves_up_to is not None and "approver" not in roles:
            raise ValueError("`approves_up_to` belongs to an approver; add that role or remove the amount")
        return self


class Tier(BaseModel):
    """One entry of `[[purchasing.tiers]]`: amounts up to `up_to` need `approvals` people; without `up_to` all larger ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    up_to: Decimal | None = Field(None, ge=0)
    approvals: int = Field(ge=1, le=10)


class Purchasing(BaseModel):
    """`[purchasing]`: what a proposal needs before it is sent. Amounts are of one proposal, in the base currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    auto_approve_up_to: Decimal = Field(Decimal(0), ge=0)
    """Amounts up to this need nobody; 0 means that every proposal waits for a person."""
    tiers: tuple[Tier, ...] = (Tier(up_to=Decimal(10_000), approvals=1), Tier(approvals=2))
    expires_hours: int = Field(72, gt=0)
    """A proposal that was not sent this long after it was submitted, or approved, expires."""
    quiet_days: int = Field(7, ge=0)
    """So long after a proposal was sent and is not answered, another for the same SKU needs a person, whatever its amount."""
    rates: dict[str, Decimal] = Field(default_factory=dict)
    """What one unit of another currency is worth in the base currency, for the tiers only; a round number is enough."""
    destination: str | None = None
    """Where proposals go when several destinations take them; without it the first one in the file."""
    supplier_destinations: dict[str, str] = Field(default_factory=dict)
    """Where proposals for one supplier go instead, by supplier id."""

    @model_validator(mode="after")
    def _rising(self) -> Purchasing:
        bounds = [tier.up_to for tier in self.tiers]
        stated = [bound for bound in bounds if bound is not None]
        if not bounds or bounds[-1] is not None or len(stated) != len(bounds) - 1 or stated != sorted(set(stated)):
            raise ValueError("`tiers` must rise by `up_to`, and the last one has none, so that every amount has a tier")
        return self

    def in_base(self, amount: Decimal | None, currency: str | None, base: str) -> Decimal | None:
        """Return the amount in the base currency; None when amount, currency or its rate is unknown."""
        if amount is None or currency is None:
            return None
        if currency == base:
            return amount
        rate = self.rates.get(currency)
        return None if rate is None else amount * rate

    def approvals_needed(self, amount: Decimal | None) -> int:
        """Return how many people must approve a proposal of that amount; an unknown amount belongs to the highest tier."""
        if amount is not None and 0 < amount <= self.auto_approve_up_to:
            return 0
        fitting = (t for t in self.tiers if amount is not None and t.up_to is not None and amount <= t.up_to)
        return next(fitting, self.tiers[-1]).approvals


class NotAllowedError(Exception):
    """Who asks may not do that; the message says what would be needed. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with what they may do; `approvers` are all people named as approvers, the actor included."""

    name: str
    roles: frozenset[Role]
    approves_up_to: Decimal | None = None
    approvers: frozenset[str] = frozenset()

    def may(self, act: Act) -> bool:
        """Whether one of the roles allows the act."""
        return bool(ACTS[act] & self.roles)

    def must(self, act: Act) -> None:
        """Raise `NotAllowedError` unless one of the roles allows the act."""
        if not self.may(act):
            if self.roles == UNNAMED_ROLES and not self.approvers:
                raise NotAllowedError(
                    f"tallyhouse.toml names nobody, and then nobody may {act}. Add [people.<name>] with roles for everybody who"
                    " acts here, an approver among them."
                )
            needed = " or ".join(sorted(ACTS[act]))
            has = ", ".join(sorted(self.roles)) or "no role"
            raise NotAllowedError(
                f"{self.name} has {has}; to {act} takes {needed}. Ask somebody who has it, or change"
                f' [people."{self.name}"] in tallyhouse.toml.'
            )


def acting(people: Mapping[str, Person], name: str | None = None, *, login: str | None = None) -> Actor:
    """Return who acts: the person named, else the one whose login runs this process, else the login itself.

    Where `people` is empty, anybody acts with `UNNAMED_ROLES` under the name given. Raises `NotAllowedError` for a name that
    `people` does not have, and for a person whose `logins` do not include this one.
    """
    user = login or getpass.getuser()
    if not people:
        return Actor(name or user, UNNAMED_ROLES)
    own = next((n for n, person in people.items() if user in person.logins), user)
    who = own if name is None else name
    person = people.get(who)
    if person is None:
        raise NotAllowedError(
            f"{who!r} is not named in tallyhouse.toml; named are {', '.join(sorted(people))}. Say who you are"
            f' (--actor NAME), or add [people."{who}"] with roles.'
        )
    if person.logins and user not in person.logins:
        raise NotAllowedError(
            f"{who} acts only from the logins {', '.join(person.logins)}; this one is {user}. Log in as one of them, or"
            f' add it to [people."{who}"].'
        )
    everybody = frozenset(n for n, p in people.items() if "approver" in p.roles)
    return Actor(who, frozenset(person.roles), person.approves_up_to, everybody)
