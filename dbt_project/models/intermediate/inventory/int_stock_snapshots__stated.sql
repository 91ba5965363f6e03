with

locations as (

    select * from {{ ref('int_locations__known') }}

),

house as (

    select
        account,
        location_id,
        sku_id,
        snapshot_at,
        'on_hand' as basis,
        on_hand_qty,
        damaged_qty,
        quality_control_qty,
        returned_qty,
        expiring_qty,
        consigned_qty,
        0 as other_unavailable_qty,
        reserved_qty,
        stated_at
    from {{ ref('stg_house__stock_snapshots') }}
    where snapshot_at <= {{ as_of() }}

),

channels as (

    select
        *,
        0 as damaged_qty,
        0 as quality_control_qty,
        0 as returned_qty,
        0 as expiring_qty,
        0 as consigned_qty,
        0 as reserved_qty,
        snapshot_at as stated_at
    from {{ ref('int_channel_snapshots__converted') }}

),

partners as (

    select
        *,
        0 as returned_qty,
        0 as expiring_qty,
        0 as consigned_qty
    from {{ ref('int_partner_snapshots__converted') }}

),

stated as (

    select * from house
    union all by name
    select * from channels
    union all by name
    select * from partners

),

newest as (

    select *
    from stated
    qualify row_number() over (
        partition by account, location_id, sku_id
        order by snapshot_at desc, stated_at desc
    ) = 1

),

final as (

    select
        newest.location_id,
        newest.sku_id,
        newest.account as stock_account,
        newest.snapshot_at,
        newest.basis,
        cast(newest.on_hand_qty as bigint) as on_hand_qty,
        cast(newest.damaged_qty as bigint) as damaged_qty,
        cast(newest.quality_control_qty as bigint) as quality_control_qty,
        cast(newest.returned_qty as bigint) as returned_qty,
        cast(newest.expiring_qty as bigint) as expiring_qty,
        cast(newest.consigned_qty as bigint) as consigned_qty,
        cast(newest.other_unavailable_qty as bigint) as other_unavailable_qty,
        cast(newest.reserved_qty as bigint) as reserved_qty
    from newest
    -- one account is the authority over a location; what others say of it is not counted
    inner join locations
        on
            newest.location_id = locations.location_id
            and newest.account = locations.stock_account

)

select * from final
