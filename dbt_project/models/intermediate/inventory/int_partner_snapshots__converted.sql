{%- set states = ['on_hand', 'available', 'damaged', 'quality_control', 'reserved', 'safety_stock'] -%}
with

listings as (

    select * from {{ ref('int_listings__matched') }} where is_order_match

),

-- one row per state
long_statements as (

    select
        account,
        source_location_name,
        channel_sku,
        snapshot_at,
        stated_at,
        state,
        state_qty
    from {{ ref('stg_x12__inventory_advices') }}
    where purpose_code is distinct from '01' and snapshot_at <= {{ as_of() }}
    union all
    select
        account,
        source_location_name,
        channel_sku,
        stated_at as snapshot_at,
        stated_at,
        lower(state) as state,
        state_qty
    from {{ ref('stg_shopify__inventory_levels') }}

),

by_state as (

    select
        {% for state in states %}
            sum(state_qty) filter (where state = '{{ state }}') as {{ state }}_qty,
        {% endfor %}
        account,
        source_location_name,
        channel_sku,
        snapshot_at,
        stated_at
    from long_statements
    group by all

),

shipbob_stock as (

    select
        *,
        -- an older layout names no SKU where another file does
        coalesce(
            nullif(trim(sku), ''),
            max(nullif(trim(sku), '')) over (partition by account, inventory_id),
            'shipbob:' || inventory_id
        ) as channel_sku,
        bool_or(source_location_name is not null) over (partition by account, inventory_id) as has_centres
    from {{ ref('stg_shipbob__stock') }}

),

shipbob as (

    select
        account,
        coalesce(source_location_name, 'all') as source_location_name,
        channel_sku,
        stated_at as snapshot_at,
        stated_at,
        on_hand_qty,
        fulfillable_qty as available_qty,
        greatest(0, on_hand_qty - committed_qty - fulfillable_qty) as safety_stock_qty
    from shipbob_stock
    where source_location_name is not null or not has_centres

),

statements as (

    select * from by_state
    union all by name
    select * from shipbob

),

final as (

    select
        statements.account,
        coalesce(mapped.location_id, statements.account || ':' || statements.source_location_name) as location_id,
        coalesce(listings.sku_id, statements.channel_sku) as sku_id,
        statements.snapshot_at,
        statements.stated_at,
        case when bool_and(statements.on_hand_qty is not null) then 'on_hand' else 'available_net' end as basis,
        sum(coalesce(statements.on_hand_qty, statements.available_qty, 0) * coalesce(listings.units_per_listing, 1))
            as on_hand_qty,
        {% for ours, theirs in [
            ('damaged', 'damaged'), ('quality_control', 'quality_control'), ('reserved', 'reserved'),
            ('other_unavailable', 'safety_stock'),
        ] -%}
        sum(
            case when statements.on_hand_qty is null then 0 else coalesce(statements.{{ theirs }}_qty, 0) end
            * coalesce(listings.units_per_listing, 1)
        ) as {{ ours }}_qty{{ ',' if not loop.last }}
    {% endfor %}
    from statements
    left join {{ ref('stg_company__account_locations') }} as mapped
        on
            statements.account = mapped.account
            and statements.source_location_name = mapped.source_location_name
    left join listings
        on
            statements.account = listings.channel_account
            and statements.channel_sku = listings.channel_sku
    -- who states neither what is there nor what is free has not stated stock
    where coalesce(statements.on_hand_qty, statements.available_qty) is not null
    group by all

)

select * from final
