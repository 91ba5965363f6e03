"""Tables and downloads: each column with a heading, a unit and a meaning, each download with the filters that made it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.labels import LABELS, Kind, Label
from dashboards.queries import Filters

_ROW_PIXELS = 35
_UNITS = {
    Kind.UNITS: "stock units",
    Kind.RATE: "percent",
    Kind.DATE: "local business date",
    Kind.INSTANT: "UTC",
}
_NUMBER_FORMATS = {
    Kind.UNITS: "localized",
    Kind.COUNT: "localized",
    Kind.RATE: "%.1f %%",
    Kind.AMOUNT: "%.2f",
    Kind.NUMBER: "%.1f",
}
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a text cell that starts so."""


def column_config(columns: Sequence[str], descriptions: Mapping[str, str]) -> dict[str, Any]:
    """Return heading, format and hover text of each column; raises `KeyError` for a column without a label."""
    return {name: _column(LABELS[name], descriptions.get(name, "")) for name in columns}


def _column(label: Label, description: str) -> Any:
    text = label.note or description or "No description was published for this column."
    unit = _UNITS.get(label.kind)
    hover = f"{text} ({unit})" if unit else text
    if label.kind is Kind.TEXT:
        return st.column_config.TextColumn(label.heading, help=hover)
    if label.kind is Kind.DATE:
        return st.column_config.DateColumn(label.heading, help=hover, format="YYYY-MM-DD")
    if label.kind is Kind.INSTANT:
        return st.column_config.DatetimeColumn(label.heading, help=hover, format="YYYY-MM-DD HH:mm")
    return st.column_config.NumberColumn(label.heading, help=hover, format=_NUMBER_FORMATS[label.kind])


def _fitting(frame: pd.DataFrame, height: int) -> int:
    """Return the height of the table, without empty rows below a short one."""
    return min(height, _ROW_PIXELS * (len(frame) + 1) + 3)


def _as_shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with rates written out of a hundred; a download keeps them between 0 and 1."""
    rates = [name for name in frame.columns if LABELS[name].kind is Kind.RATE]
    return frame.assign(**{name: frame[name] * 100 for name in rates})


def show_table(frame: pd.DataFrame, descriptions: Mapping[str, str], *, alt: str, height: int | None = None) -> None:
    """Draw a table that is only read."""
    st.dataframe(
        _as_shown(frame),
        hide_index=True,
        column_config=column_config(list(frame.columns), descriptions),
        height=_fitting(frame, height) if height else "auto",
        placeholder="—",
        alt=alt,
    )


def row_fingerprint(build_id: str, frame: pd.DataFrame, keys: Sequence[str]) -> str:
    """Return a short hash of the build and of the ordered row keys.

    A keyed table remembers a selection by position; with this in its key, other rows or another order start with no
    selection, so that a selection never moves to a row that nobody chose.
    """
    digest = hashlib.sha256(build_id.encode())
    for row in frame[list(keys)].astype(str).itertuples(index=False):
        digest.update("\x1f".join(row).encode() + b"\x1e")
    return digest.hexdigest()[:16]


def select_row(
    frame: pd.DataFrame,
    descriptions: Mapping[str, str],
    *,
    name: str,
    build_id: str,
    keys: Sequence[str],
    alt: str,
    columns: Sequence[str] | None = None,
    height: int = 420,
) -> dict[str, Any]:
    """Draw a table with one selectable row and return that row; the first one until the reader chooses.

    `columns` limits what is drawn, in its order; the returned row and a download hold all of them.
    """
    event = st.dataframe(
        _as_shown(frame),
        key=f"{name}-{row_fingerprint(build_id, frame, keys)}",
        hide_index=True,
        column_config=column_config(list(frame.columns), descriptions),
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_order=columns,
        height=_fitting(frame, height),
        placeholder="—",
        alt=alt,
    )
    chosen = event.selection.rows
    position = chosen[0] if chosen and chosen[0] < len(frame) else 0
    return {str(column): value for column, value in frame.iloc[position].to_dict().items()}


def csv_with_preamble(frame: pd.DataFrame, *, title: str, build_id: str, as_of: datetime, filters: str) -> bytes:
    """Return the rows as UTF-8 CSV after four comment lines: what it is, build, as-of instant and filters.

    Texts that a spreadsheet would run as a formula get an apostrophe in front.
    """
    texts = frame.select_dtypes(include=["object", "string"]).columns
    safe = frame.assign(**{name: frame[name].map(_harmless) for name in texts})
    out = io.StringIO()
    for line in (title, f"build {build_id}", f"as of {as_of:%Y-%m-%d %H:%M} UTC", f"filters: {filters}"):
        out.write("# " + " ".join(line.split()) + "\n")
    safe.to_csv(out, index=False, lineterminator="\n")
    return out.getvalue().encode()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_START) else value


def describe_filters(filters: Filters, *, has_period: bool) -> str:
    """Return the filters in words, for a download."""
    parts = [f"{filters.since} to {filters.until}"] if has_period else []
    for name in ("channels", "locations", "statuses", "suppliers"):
        values = getattr(filters, name)
        if values:
            parts.append(f"{name} {', '.join(values)}")
    if filters.search.strip():
        parts.append(f"search {filters.search.strip()!r}")
    return "; ".join(parts) or "none"


def download_csv(
    rows: Callable[[], pd.DataFrame], *, title: str, name: str, build_id: str, as_of: datetime, filters: str
) -> None:
    """Draw a button that fetches every matching row when pressed; the file carries its filters, build and instant."""

    def data() -> bytes:
        return csv_with_preamble(rows(), title=title, build_id=build_id, as_of=as_of, filters=filters)

    st.download_button(
        "Download CSV",
        data,
        file_name=f"{name}_{build_id}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=f"download-{name}",
        help="Every matching row, not only those shown; filters, build and instant are in its first lines.",
    )
