with

channels as (

    select * from {{ ref('int_channel_stock__available_to_sell') }}

),

reached as (

    select * from {{ ref('int_accounts__reached') }}

),

served as (

    select
        channel_account,
        fulfilled_by,
        zone,
        count(*) as locations_count
    from {{ ref('int_channels__zones') }}
    group by all

),

pools as (

    select * from {{ ref('int_channel_stock__pooled') }} where zone != '*'

),

kits as (

    select * from {{ ref('int_channel_kits__assembled') }} where zone != '*'

),

zoned as (

    select
        channels.channel_account,
        channels.listing_id,
        channels.channel_sku,
        channels.sku_id,
        channels.fulfilled_by,
        channels.units_per_listing,
        channels.status,
        channels.ats_qty as channel_ats_qty,
        channels.ring_fenced_by_others_qty + channels.channel_buffer_qty + channels.unseen_qty as kept_back_qty,
        reached.zone,
        coalesce(served.locations_count, 0) as locations_count,
        case
            when served.zone is null then 0
            -- every location of the channel serves the zone
            when pools.zone is null then channels.pool_qty
            when channels.parts_qty is null then pools.pool_qty
            else pools.node_ats_qty + coalesce(kits.parts_qty, 0)
        end as pool_qty
    from channels
    inner join reached
        on channels.channel_account = reached.channel_account
    left join served
        on
            channels.channel_account = served.channel_account
            and channels.fulfilled_by = served.fulfilled_by
            and reached.zone = served.zone
    left join pools
        on
            channels.channel_account = pools.channel_account
            and channels.fulfilled_by = pools.fulfilled_by
            and channels.sku_id = pools.sku_id
            and reached.zone = pools.zone
    left join kits
        on
            channels.channel_account = kits.channel_account
            and channels.fulfilled_by = kits.fulfilled_by
            and channels.sku_id = kits.sku_id
            and reached.zone = kits.zone

),

-- never more than the channel shows, and never more than the locations that serve the zone can promise
final as (

    select
        * exclude (kept_back_qty),
        case
            when channel_ats_qty is not null
                then
                    least(channel_ats_qty, greatest(0, pool_qty - kept_back_qty))
                    // units_per_listing * units_per_listing
        end as ats_qty
    from zoned

)

select * from final
