"""The dashboards' entry: `streamlit run dashboards/app.py`, or with `-- --home DIR` for one company's folder."""

from __future__ import annotations

import streamlit as st

st.set_page_config(page_title="Tallyhouse", page_icon=":material/inventory_2:", layout="wide")

PAGES = (
    st.Page("app_pages/overview.py", title="Overview", icon=":material/monitoring:", default=True),
    st.Page("app_pages/availability.py", title="Availability", icon=":material/inventory:"),
    st.Page("app_pages/stock_truth.py", title="Stock truth", icon=":material/fact_check:"),
    st.Page("app_pages/reorder.py", title="Reorder", icon=":material/shopping_cart:"),
    st.Page("app_pages/data_health.py", title="Data health", icon=":material/health_and_safety:"),
)

st.navigation(list(PAGES), position="top").run()
