with

locations as (

    select * from {{ ref('int_locations__known') }}

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

stated as (

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

    union all

    select
        account,
        location_id,
        sku_id,
        snapshot_at,
        basis,
        on_hand_qty,
        0 as damaged_qty,
        0 as quality_control_qty,
        0 as returned_qty,
        0 as expiring_qty,
        0 as consigned_qty,
        other_unavailable_qty,
        0 as reserved_qty,
        snapshot_at as stated_at
    from {{ ref('int_channel_snapshots__converted') }}

    union all

    select
        account,
        location_id,
        sku_id,
        snapshot_at,
        basis,
        on_hand_qty,
        damaged_qty,
        quality_control_qty,
        0 as returned_qty,
        0 as expiring_qty,
        0 as consigned_qty,
        other_unavailable_qty,
        reserved_qty,
        stated_at
    from {{ ref('int_partner_snapshots__converted') }}

),

final as (

    select
        stated.location_id,
        stated.sku_id,
        stated.account as stock_account,
        stated.basis,
        stated.snapshot_at,
        stated.stated_at,
        {{ local_date('stated.snapshot_at', 'coalesce(locations.time_zone, settings.time_zone)') }} as stated_on,
        cast(stated.on_hand_qty as bigint) as on_hand_qty,
        cast(stated.damaged_qty as bigint) as damaged_qty,
        cast(stated.quality_control_qty as bigint) as quality_control_qty,
        cast(stated.returned_qty as bigint) as returned_qty,
        cast(stated.expiring_qty as bigint) as expiring_qty,
        cast(stated.consigned_qty as bigint) as consigned_qty,
        cast(stated.other_unavailable_qty as bigint) as other_unavailable_qty,
        cast(stated.reserved_qty as bigint) as reserved_qty
    from stated
    cross join settings
    -- one account is the authority over a location; what others say of it is not counted
    inner join locations
        on
            stated.location_id = locations.location_id
            and stated.account = locations.stock_account
    where stated.snapshot_at <= {{ as_of() }}

)

select * from final
