"""Tables about what channels show and ask for, in the order of the migrations that made them; see `ops.schema`."""

from __future__ import annotations

# Every reading that showed another number than was written, with the reason that the journal gives for it.
DRIFT = (
    """create table channel_drift (
        drift_id integer primary key, destination text not null, row_key text not null, sku_id text not null,
        channel_sku text not null,
        read_by text not null check (read_by in ('push', 'settling', 'drift', 'round', 'resync')),
        wanted_quantity integer, written_quantity integer not null, read_quantity integer,
        unsellable_quantity integer not null,
        drift_class text not null check (drift_class in
            ('lost_write', 'late_overwrite', 'sale_since_write', 'foreign_edit', 'row_gone')),
        run_id text, read_at text not null
    ) strict""",
    # what was written on one row before is looked up for every reading that differs
    "create index push_intent_row on push_intent (destination, row_key)",
)

# A channel that asks for a long pause is asked again when it is over, not by the next push by chance.
PAUSES = (
    "create table channel_pause (destination text primary key, until_at text not null, noted_at text not null) strict",
)
