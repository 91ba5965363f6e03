with

holds as (

    select * from {{ ref('stg_house__holds') }}

),

transfers as (

    select
        *,
        coalesce(requested_at, shipped_at, updated_at) as asked_at,
        coalesce(shipped_at, received_at, updated_at) as left_at
    from {{ ref('stg_house__transfers') }}

),

kits as (

    select * from {{ ref('int_kits__placed') }}

),

-- a hold names what a person asked for, so a kit that is not ready-made stands for its parts
unpacked_holds as (

    select
        case
            when holds.hold_type in ('quality_control', 'recall') then 'quality'
            when holds.hold_type in ('kit_assembly', 'sample') then holds.hold_type
            else 'hold'
        end as claim_kind,
        holds.hold_id as reference_id,
        holds.location_id,
        coalesce(kits.base_sku_id, holds.sku_id) as sku_id,
        holds.channel_account,
        holds.held_at as from_at,
        holds.ended_at as to_at,
        holds.held_qty * coalesce(kits.base_qty, 1) as claimed_qty
    from holds
    left join kits
        on
            holds.location_id = kits.location_id
            and holds.sku_id = kits.kit_sku_id

),

-- the whole request stands on the shelf until the first goods leave
asked_transfers as (

    select
        'transfer' as claim_kind,
        transfer_id || '/' || transfer_line as reference_id,
        from_location_id as location_id,
        sku_id,
        cast(null as varchar) as channel_account,
        asked_at as from_at,
        case
            when shipped_qty > 0 then left_at
            when status in ('received', 'cancelled') then updated_at
        end as to_at,
        requested_qty as claimed_qty
    from transfers

),

-- what was left behind is still to go, until somebody says that the transfer is over
started_transfers as (

    select
        'transfer' as claim_kind,
        transfer_id || '/' || transfer_line as reference_id,
        from_location_id as location_id,
        sku_id,
        cast(null as varchar) as channel_account,
        left_at as from_at,
        case when status in ('received', 'cancelled') then updated_at end as to_at,
        requested_qty - shipped_qty as claimed_qty
    from transfers
    where shipped_qty > 0

),

claims as (

    select * from unpacked_holds
    union all
    select * from asked_transfers
    union all
    select * from started_transfers

),

final as (

    select
        claim_kind,
        case claim_kind when 'hold' then 'reserved' when 'quality' then 'unavailable' else 'outbound' end as charged_to,
        reference_id,
        location_id,
        sku_id,
        channel_account,
        from_at,
        to_at,
        cast(claimed_qty as bigint) as claimed_qty
    from claims
    where claimed_qty > 0 and coalesce(to_at > from_at, true)

)

select * from final
