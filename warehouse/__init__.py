"""The first floor: the DuckDB files. Knows the company, no business rule."""

from warehouse.connection import (
    STORAGE_VERSION,
    WarehouseBusyError,
    WarehouseUnreadableError,
    open_reader,
    published_beside_files,
    reader,
    writer,
)
from warehouse.publish import NotPublishedError, Published, PublishRefusedError, publish, record_refusal
from warehouse.raw_store import ensure_table, quoted, table_columns
from warehouse.serving import SERVED_SCHEMAS, Refusal, ServedTable, Serving, current_serving, table_hashes, tables_in

__all__ = [
    "SERVED_SCHEMAS",
    "STORAGE_VERSION",
    "NotPublishedError",
    "PublishRefusedError",
    "Published",
    "Refusal",
    "ServedTable",
    "Serving",
    "WarehouseBusyError",
    "WarehouseUnreadableError",
    "current_serving",
    "ensure_table",
    "open_reader",
    "publish",
    "published_beside_files",
    "quoted",
    "reader",
    "record_refusal",
    "table_columns",
    "table_hashes",
    "tables_in",
    "writer",
]
