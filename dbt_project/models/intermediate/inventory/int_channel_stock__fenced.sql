with

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

listings as (

    select distinct
        channel_account,
        fulfilled_by,
        sku_id
    from {{ ref('int_listings__matched') }}

),

fences as (

    select * from {{ ref('int_ring_fences__remaining') }}

),

sharing as (

    select distinct
        ours.channel_account,
        ours.fulfilled_by,
        theirs.channel_account as other_account
    from nodes as ours
    inner join nodes as theirs
        on
            ours.location_id = theirs.location_id
            and ours.channel_account != theirs.channel_account
            and theirs.fulfilled_by = 'merchant'

),

final as (

    select
        listings.channel_account,
        listings.fulfilled_by,
        listings.sku_id,
        cast(sum(fences.fenced_qty) as bigint) as ring_fenced_by_others_qty
    from listings
    inner join sharing
        on
            listings.channel_account = sharing.channel_account
            and listings.fulfilled_by = sharing.fulfilled_by
    inner join fences
        on
            sharing.other_account = fences.channel_account
            and listings.sku_id = fences.sku_id
    group by all

)

select * from final
