"""When each kind of export was taken. Later exports overlap earlier ones by two weeks, so the newest statement has to win."""

from __future__ import annotations

from demo.clock import DAY, END, MINUTE, instant

ORDER_EXPORTS = (*(instant(f"{day}T05:50:00") for day in ("2026-03-02", "2026-06-12", "2026-10-02")), END)
OPERATION_EXPORTS = (instant("2026-06-12T05:55:00"), END + 5 * MINUTE)
SHOPIFY_STOCK_EXPORTS = (instant("2026-11-13T05:45:00"), END - 5 * MINUTE)
MASTER_EXPORT = instant("2026-11-20T03:00:00")
OVERLAP = 14 * DAY


def since(instants: tuple[int, ...], number: int) -> int:
    """Return from which change on the export of that number tells."""
    return 0 if number == 0 else instants[number - 1] - OVERLAP
