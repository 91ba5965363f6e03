{{ config(materialized='view') }}

with

claims as (

    select * from {{ ref('int_stock_holds__intervals') }}

),

positions as (

    select * from {{ ref('int_stock_positions__current') }}

),

final as (

    select
        claims.*,
        claims.from_at <= {{ as_of() }}
        and coalesce(claims.to_at > {{ as_of() }}, true)
        -- a number net of the channel's own claims lacks those that it knew already
        and not coalesce(
            positions.basis = 'available_net'
            and positions.stock_account = claims.channel_account
            and claims.from_at <= positions.snapshot_at,
            false
        ) as is_in_force,
        coalesce(
            claims.from_at <= positions.snapshot_at and coalesce(claims.to_at > positions.snapshot_at, true), false
        ) as was_in_force
    from claims
    left join positions
        on
            claims.location_id = positions.location_id
            and claims.sku_id = positions.sku_id

)

select * from final
