"""The form with which a buyer decides on the selected proposal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import streamlit as st

from company import ConfigurationError, NotAllowedError
from dashboards import queries
from dashboards.decisions import ProposalChangedError, Seen, Verdict, decide, seen, standing_of
from dashboards.frame import Frame
from dashboards.serving import home_folder
from ops import OpsStoreError, ProposalError

_VERDICTS: dict[str, Verdict] = {"Approve": "approve", "Adjust": "adjust", "Reject": "reject"}
_OPEN = frozenset({"draft", "submitted", "approved"})


def decision_form(frame: Frame, row: Mapping[str, Any]) -> None:
    """Draw where the proposal stands and the form to decide on it; a row that is no proposal says why it is none."""
    proposal = queries.proposal_of(frame.connection, str(row["sku_id"]), str(row["location_id"]))
    if proposal is None:
        st.info(
            "Not a purchase proposal: it has no supplier, or the SKU is discontinued. Nothing is pushed and nothing to decide."
        )
        return
    standing = standing_of(home_folder(), str(proposal["proposal_id"]))
    if standing is None:
        st.info(
            "Not in the queue yet. `tallyhouse push plan` takes what is published into it; then it can be decided on."
        )
        return
    st.success(standing.sentence, icon=":material/gavel:")
    if standing.state in _OPEN:
        _form(seen(proposal, standing), standing.quantity)


def _form(shown: Seen, order_qty: int) -> None:
    # The key holds what was shown, so that input never moves to another proposal.
    with st.form(f"decision-{shown.content_hash}-{shown.queued_hash}", border=False):
        st.markdown("**Decide**")
        choice = st.radio("Decision", list(_VERDICTS), index=None, horizontal=True, label_visibility="collapsed")
        left, middle, right = st.columns([1, 2, 2])
        quantity = left.number_input("Quantity", min_value=0, value=order_qty, step=1, help="Used by Adjust only.")
        actor = middle.text_input("Your name", max_chars=80, help="As tallyhouse.toml has it; goes on record.")
        reason = right.text_input("Reason", max_chars=300, help="Needed to adjust or reject.")
        if not st.form_submit_button("Put on record"):
            st.caption(
                "What is approved goes out with the next push. Adjusting needs a new approval, by somebody else."
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
    except (ProposalChangedError, ProposalError, NotAllowedError, ConfigurationError, OpsStoreError) as error:
        st.error(f"Nothing was recorded: {error}", icon=":material/error:")
    else:
        st.rerun()
