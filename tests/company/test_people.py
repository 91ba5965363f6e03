"""Roles: what each allows, who may not hold which together, and what a home that names nobody allows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from company import NotAllowedError, Person, Purchasing, acting
from company.people import ACTS, UNNAMED_ROLES
from company.settings import ConfigurationError, load_settings

HEAD = '[company]\nname = "Invented"\n'


@pytest.mark.parametrize("role", ["viewer", "planner", "approver", "operator", "admin", "auditor"])
def test_a_role_allows_what_the_table_says_and_nothing_else(role):
    who = acting({"Ida": Person(roles=(role,))}, "Ida")
    allowed = set()
    for act in ACTS:
        if who.may(act):
            who.must(act)
            allowed.add(act)
        else:
            with pytest.raises(NotAllowedError, match="Ask somebody who has it"):
                who.must(act)
    assert allowed == {
        "viewer": set(), "planner": {"propose", "refuse", "kill", "quarantine"},
        "approver": {"approve", "refuse", "kill", "emergency", "countersign"},
        "operator": {"push", "replay", "kill", "quarantine", "emergency"}, "admin": {"kill", "audit"},
        "auditor": {"audit"},
    }[role]  # fmt: skip


def test_a_home_that_names_nobody_has_no_approver():
    who = acting({}, "Ida")
    assert (who.name, who.roles, who.may("push"), who.may("approve")) == ("Ida", UNNAMED_ROLES, True, False)
    with pytest.raises(NotAllowedError, match="names nobody, and then nobody may approve"):
        who.must("approve")


def test_a_name_that_is_not_there_is_nobody():
    with pytest.raises(NotAllowedError, match=r"'Eve' is not named .* named are Ida"):
        acting({"Ida": Person(roles=("planner",))}, "Eve")


def test_a_person_with_logins_acts_from_them_only_and_is_found_by_them():
    people = {"Ida": Person(roles=("planner",), logins=("ida1",)), "Ben": Person(roles=("approver",))}
    assert acting(people, login="ida1").name == "Ida"
    assert acting(people, "Ben", login="ida1").name == "Ben"
    with pytest.raises(NotAllowedError, match="acts only from the logins ida1; this one is ben1"):
        acting(people, "Ida", login="ben1")
    with pytest.raises(NotAllowedError, match="not named"):
        acting(people, login="stranger")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[people.ida]\nroles = ["admin", "approver"]', "an admin cannot be an approver"),
        ('[people.ida]\nroles = ["auditor", "planner"]', "an auditor only reads"),
        ('[people.ida]\nroles = ["planner"]\napproves_up_to = 5', "belongs to an approver"),
        ('[people.ida]\nroles = []', "people.ida.roles"),
        ('[people.Tallyhouse]\nroles = ["approver"]', "cannot be a person"),
        ('[people.ida]\nroles = ["boss"]', "people.ida.roles.0"),
        ("[purchasing]\ntiers = [{ up_to = 10, approvals = 1 }]", "the last one has none"),
        ("[purchasing]\ntiers = [{ up_to = 9, approvals = 1 }, { up_to = 9, approvals = 2 }, { approvals = 3 }]", "must rise"),
        ('[purchasing]\ndestination = "nowhere"', "purchasing names the destination 'nowhere'"),
    ],
)  # fmt: skip
def test_settings_that_mix_duties_or_leave_an_amount_without_a_tier_are_refused(tmp_path, text, message):
    (tmp_path / "tallyhouse.toml").write_text(HEAD + text)
    with pytest.raises(ConfigurationError, match=message):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("amount", "needed"),
    [("0", 1), ("0.01", 0), ("50", 0), ("50.01", 1), ("1000", 1), ("1000.01", 2), (None, 3), ("1000000", 3), ("-1", 1)],
)
def test_the_amount_decides_how_many_must_approve(amount, needed):
    tiers = [{"up_to": 1000, "approvals": 1}, {"up_to": 5000, "approvals": 2}, {"approvals": 3}]
    rules = Purchasing.model_validate({"auto_approve_up_to": 50, "tiers": tiers})
    assert rules.approvals_needed(None if amount is None else Decimal(amount)) == needed
    assert Purchasing().approvals_needed(Decimal("0.01")) == 1


def test_an_amount_in_a_currency_without_a_rate_is_unknown():
    rules = Purchasing.model_validate({"rates": {"EUR": "1.1"}})
    amounts = [rules.in_base(Decimal(100), code, "USD") for code in ("USD", "EUR", "GBP", None)]
    assert amounts == [Decimal(100), Decimal(110), None, None]
