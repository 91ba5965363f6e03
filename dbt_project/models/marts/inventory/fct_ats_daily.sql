{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='stock_on',
        on_schema_change='append_new_columns',
        pre_hook="{{ forget_stale_days() }}"
    )
}}

with

locations as (

    select * from {{ ref('int_locations__calendared') }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

fingerprints as (

    select * from {{ ref('int_stock_days__fingerprinted') }}

),

node_policies as (

    select * from {{ ref('stg_policy__node_dated') }}

),

stale as (

    select stale_on from {{ first_stale_day() }} as first_stale

),

stretches as (

    select
        balances.*,
        {{ free_units() }} as free_qty,
        coalesce(balances.next_balanced_at, {{ as_of() }}) as ended_at,
        locations.time_zone,
        greatest(
            {{ local_date('balances.balanced_at', 'locations.time_zone') }}, locations.first_on, stale.stale_on
        ) as begins_on,
        -- what ends at midnight does not reach into the day that begins there
        {{ local_date(
            'coalesce(balances.next_balanced_at - interval 1 microsecond, ' ~ as_of() ~ ')', 'locations.time_zone'
        ) }} as ends_on
    from {{ ref('int_stock_balances__running') }} as balances
    inner join locations
        on balances.location_id = locations.location_id
    cross join stale

),

-- a stretch of unchanged stock, cut at every midnight
slices as (

    select
        *,
        cast(unnest(generate_series(begins_on, ends_on, interval 1 day)) as date) as stock_on
    from stretches
    where ends_on >= begins_on

),

buffers as (

    {{ policy_of_the_day('slices', 'node_policies', [['location_id', 'location_id'], ['sku_id', 'sku']], 'stock_on') }}

),

judged as (

    select
        slices.*,
        {{ buffer_units('coalesce(buffers.node_buffer_qty, 0)', 'coalesce(buffers.node_buffer_rate, 0)',
            'slices.sellable_qty') }} as node_buffer_qty,
        coalesce(buffers.selling, 'open') = 'open' as is_open,
        (
            epoch_us(least(slices.ended_at, {{ local_midnight('slices.stock_on + 1', 'slices.time_zone') }}))
            - epoch_us(greatest(slices.balanced_at, {{ local_midnight('slices.stock_on', 'slices.time_zone') }}))
        ) as slice_microseconds
    from slices
    left join buffers
        on
            slices.location_id = buffers.asked_location_id
            and slices.sku_id = buffers.asked_sku_id
            and slices.stock_on = buffers.asked_on

),

days as (

    select
        sku_id,
        location_id,
        stock_on,
        {% for term in ['basis', 'stated_at', 'sellable_qty', 'committed_qty', 'reserved_qty', 'outbound_qty',
            'free_qty', 'node_buffer_qty', 'is_open'] %}
            max_by({{ term }}, balanced_at) as {{ term }},
        {% endfor %}
        -- whole numbers add up to the same sum in any order
        sum(slice_microseconds) as known_microseconds,
        sum(case when free_qty <= node_buffer_qty or not is_open then slice_microseconds else 0 end) as out_microseconds
    from judged
    group by all

),

final as (

    select
        days.sku_id,
        days.location_id,
        days.stock_on,
        days.basis,
        days.stated_at,
        days.sellable_qty,
        days.committed_qty,
        days.reserved_qty,
        days.outbound_qty,
        days.free_qty,
        days.node_buffer_qty,
        case when products.is_stock_tracked is not false then {{ available_units('days.') }} end as ats_qty,
        greatest(0, -days.free_qty) as debt_qty,
        cast(days.known_microseconds as double) / 3600000000 as known_hours,
        case when products.is_stock_tracked is not false then cast(days.out_microseconds as double) / 3600000000 end
            as out_hours,
        {{ day_hash('fingerprints.changes_hash') }} as day_hash
    from days
    inner join fingerprints
        on days.stock_on = fingerprints.stock_on
    left join products
        on days.sku_id = products.sku_id

)

select * from final
