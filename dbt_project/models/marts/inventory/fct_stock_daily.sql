{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='stock_on',
        on_schema_change='append_new_columns',
        pre_hook="{{ forget_stale_days() }}"
    )
}}

-- depends_on: {{ ref('int_locations__calendared') }}

with

spans as (

    select * from {{ ref('int_stock_balances__daily') }}

),

fingerprints as (

    select * from {{ ref('int_stock_days__fingerprinted') }}

),

stale as (

    select stale_on from {{ first_stale_day() }} as first_stale

),

dense as (

    select
        spans.* exclude (stock_on),
        cast(unnest(generate_series(
            greatest(spans.valid_from_on, stale.stale_on), spans.valid_to_on, interval 1 day
        )) as date) as stock_on
    from spans
    inner join stale
        on spans.valid_to_on >= stale.stale_on

),

final as (

    select
        dense.sku_id,
        dense.location_id,
        dense.stock_on,
        dense.basis,
        dense.stated_on = dense.stock_on as is_stated,
        dense.stated_at,
        dense.on_hand_qty,
        dense.damaged_qty,
        dense.quality_control_qty,
        dense.returned_qty,
        dense.expiring_qty,
        dense.consigned_qty,
        dense.other_unavailable_qty,
        cast(dense.unavailable_qty as bigint) as unavailable_qty,
        dense.reserved_qty,
        dense.sellable_qty,
        dense.committed_qty,
        {{ day_hash('fingerprints.changes_hash') }} as day_hash
    from dense
    inner join fingerprints
        on dense.stock_on = fingerprints.stock_on

)

select * from final
