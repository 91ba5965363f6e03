with

claiming_lines as (

    select * from {{ ref('int_order_lines__claiming') }}

),

allocated as (

    select * from {{ ref('int_order_lines__allocated') }}

),

allocating_accounts as (

    select distinct channel_account
    from {{ ref('stg_house__allocations') }}
    where allocated_at <= {{ as_of() }}

),

destinations as (

    select * from {{ ref('int_destinations__zoned') }}

),

-- without allocations a line is on the one location its account would ship from to its zone, if there is only one
only_choices as (

    select choices.*
    from {{ ref('int_channels__first_choices') }} as choices
    left join allocating_accounts
        on choices.channel_account = allocating_accounts.channel_account
    where choices.fulfilled_by = 'channel' or allocating_accounts.channel_account is null

),

allocated_totals as (

    select
        channel_account,
        order_id,
        channel_sku,
        sum(open_qty) as open_qty,
        sum(allocated_qty) as allocated_qty
    from allocated
    group by all

),

rests as (

    select
        lines.channel_account,
        lines.order_id,
        lines.channel_sku,
        only_choices.location_id,
        case when only_choices.location_id is null then 'unplaced' else 'assumed' end as placed_by,
        lines.open_qty - coalesce(allocated_totals.open_qty, 0) as open_qty,
        greatest(0, lines.accepted_qty - coalesce(allocated_totals.allocated_qty, 0)) as accepted_qty
    from claiming_lines as lines
    left join allocated_totals
        on
            lines.channel_account = allocated_totals.channel_account
            and lines.order_id = allocated_totals.order_id
            and lines.channel_sku = allocated_totals.channel_sku
    left join destinations
        on
            coalesce(lines.ship_country, '') = destinations.ship_country
            and coalesce(lines.ship_postcode_prefix, '') = destinations.ship_postcode_prefix
    left join only_choices
        on
            lines.channel_account = only_choices.channel_account
            and lines.fulfilled_by = only_choices.fulfilled_by
            and destinations.zone = only_choices.zone

),

pieces as (

    select
        channel_account,
        order_id,
        channel_sku,
        location_id,
        'allocation' as placed_by,
        open_qty,
        allocated_qty as accepted_qty
    from allocated
    union all
    select * from rests

),

final as (

    select
        pieces.channel_account,
        pieces.order_id,
        pieces.channel_sku,
        pieces.location_id,
        pieces.placed_by,
        lines.fulfilled_by,
        lines.sku_id,
        lines.ordered_at,
        cast(pieces.open_qty as bigint) as open_qty,
        cast(pieces.accepted_qty as bigint) as accepted_qty
    from pieces
    inner join claiming_lines as lines
        on
            pieces.channel_account = lines.channel_account
            and pieces.order_id = lines.order_id
            and pieces.channel_sku = lines.channel_sku
    where pieces.open_qty > 0 or pieces.accepted_qty > 0

)

select * from final
