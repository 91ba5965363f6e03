{%- set line = 'channel_account, order_id, channel_sku' -%}
with

steps as (

    select * from {{ ref('int_order_line_claims__stepped') }}

),

first_held as (

    select
        {{ line }},
        location_id,
        min(stepped_at) as first_held_at
    from steps
    where held_delta > 0
    group by all

),

instants as (

    select
        {{ line }},
        stepped_at,
        sum(open_delta) as open_delta
    from steps
    group by all

),

open_steps as (

    select
        {{ line }},
        stepped_at,
        greatest(0, sum(open_delta) over (partition by {{ line }} order by stepped_at)) as open_qty
    from instants

),

held_steps as (

    select
        first_held.channel_account,
        first_held.order_id,
        first_held.channel_sku,
        first_held.location_id,
        first_held.first_held_at,
        open_steps.stepped_at,
        open_steps.open_qty,
        greatest(0, sum(coalesce(steps.held_delta, 0)) over (
            partition by
                first_held.channel_account, first_held.order_id, first_held.channel_sku, first_held.location_id
            order by open_steps.stepped_at
        )) as held_qty
    from first_held
    inner join open_steps
        using (channel_account, order_id, channel_sku)
    left join steps
        on
            first_held.channel_account = steps.channel_account
            and first_held.order_id = steps.order_id
            and first_held.channel_sku = steps.channel_sku
            and first_held.location_id = steps.location_id
            and open_steps.stepped_at = steps.stepped_at

),

-- locations fill up in the order in which they were first chosen, never beyond what is open
placed_steps as (

    select
        *,
        greatest(0, least(held_qty, open_qty - (
            sum(held_qty) over (
                partition by {{ line }}, stepped_at
                order by first_held_at, location_id
                rows between unbounded preceding and current row
            ) - held_qty
        ))) as claimed_qty
    from held_steps

),

rest_steps as (

    select
        open_steps.channel_account,
        open_steps.order_id,
        open_steps.channel_sku,
        open_steps.stepped_at,
        any_value(open_steps.open_qty) - coalesce(sum(placed_steps.claimed_qty), 0) as claimed_qty
    from open_steps
    left join placed_steps
        using (channel_account, order_id, channel_sku, stepped_at)
    group by all

),

claims as (

    select
        {{ line }},
        location_id,
        true as is_placed,
        stepped_at,
        claimed_qty
    from placed_steps
    union all
    select
        {{ line }},
        null as location_id,
        false as is_placed,
        stepped_at,
        claimed_qty
    from rest_steps

),

changes as (

    select
        *,
        claimed_qty - lag(claimed_qty, 1, 0) over (
            partition by {{ line }}, is_placed, location_id
            order by stepped_at
        ) as delta_qty
    from claims

),

final as (

    select
        {{ line }},
        location_id,
        stepped_at as changed_at,
        cast(delta_qty as bigint) as delta_qty
    from changes
    where delta_qty != 0

)

select * from final
