"""The form with which a buyer decides on the selected proposal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import streamlit as st

from dashboards import queries
from dashboards.decisions import ProposalChangedError, Seen, decide, newest_decision, seen
from dashboards.frame import Frame
from dashboards.serving import home_folder
from ops import OpsStoreError, Verdict

_VERDICTS: dict[str, Verdict] = {"Approve": "approve", "Adjust": "adjust", "Reject": "reject"}


def decision_form(frame: Frame, row: Mapping[str, Any]) -> None:
    """Draw the decision on record and the form for a new one; a row that is no proposal says why it is none."""
    proposal = queries.proposal_of(frame.connection, str(row["sku_id"]), str(row["location_id"]))
    if proposal is None:
        st.info(
            "Not a purchase proposal: it has no supplier, or the SKU is discontinued. Nothing is pushed and nothing to decide."
        )
        return
    shown = seen(proposal)
    on_record = newest_decision(home_folder(), shown.proposal_id)
    if on_record:
        st.success(on_record, icon=":material/gavel:")
    _form(shown, int(proposal["order_qty"]), has_decision=on_record is not None)


def _form(shown: Seen, order_qty: int, *, has_decision: bool) -> None:
    # The key holds what was shown, so that input never moves to another proposal.
    with st.form(f"decision-{shown.content_hash}", border=False):
        st.markdown("**Decide again**" if has_decision else "**Decide**")
        choice = st.radio("Decision", list(_VERDICTS), index=None, horizontal=True, label_visibility="collapsed")
        left, middle, right = st.columns([1, 2, 2])
        quantity = left.number_input("Quantity", min_value=0, value=order_qty, step=1, help="Used by Adjust only.")
        actor = middle.text_input("Your name", max_chars=80, help="Goes on record with the decision.")
        reason = right.text_input("Reason", max_chars=300, help="Needed to adjust or reject.")
        if not st.form_submit_button("Put on record"):
            st.caption(
                "Kept in the operations store with name, time and what was shown. Files already pushed do not change."
            )
            return
    if choice is None:
        st.error("Nothing was recorded: choose approve, adjust or reject.", icon=":material/error:")
        return
    verdict = _VERDICTS[cast("str", choice)]
    try:
        decide(
            home_folder(), shown, verdict,
            quantity=int(quantity) if verdict == "adjust" else None, reason=reason, actor=actor,
        )  # fmt: skip
    except (ProposalChangedError, ValueError, OpsStoreError) as error:
        st.error(f"Nothing was recorded: {error}", icon=":material/error:")
    else:
        st.rerun()
