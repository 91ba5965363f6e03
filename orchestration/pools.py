"""Who may run beside whom: every step that opens the build file waits for this pool's one slot."""

from __future__ import annotations

WAREHOUSE_WRITER = "warehouse_writer"
