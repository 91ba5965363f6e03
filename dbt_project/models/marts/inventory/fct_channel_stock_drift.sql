with

-- what a shop itself believes it can sell, over all of its locations
shops as (

    select
        account as channel_account,
        channel_sku,
        cast(sum(available_qty) as bigint) as published_listing_qty,
        max(stated_at) as published_at
    from {{ ref('stg_shopify__inventory') }}
    where available_qty is not null
    group by all

),

destinations as (

    select distinct account as channel_account
    from {{ ref('stg_company__destinations') }}
    where account is not null

),

pushed as (

    select * from {{ ref('int_channel_numbers__pushed') }}

),

published as (

    select * from shops
    union all
    select
        channel_account,
        channel_sku,
        published_listing_qty,
        published_at
    from {{ ref('fct_published_stock') }}
    where published_listing_qty is not null

),

newest as (

    select *
    from published
    qualify row_number() over (partition by channel_account, channel_sku order by published_at desc) = 1

),

compared as (

    select
        available.channel_account,
        available.listing_id,
        listings.channel_sku,
        available.sku_id,
        newest.published_listing_qty,
        newest.published_listing_qty * available.units_per_listing as published_qty,
        newest.published_at,
        available.listing_qty,
        available.status,
        newest.published_listing_qty - available.listing_qty as drift_listing_qty
    from {{ ref('fct_channel_available_to_sell') }} as available
    inner join {{ ref('int_listings__matched') }} as listings
        on
            available.channel_account = listings.channel_account
            and available.listing_id = listings.listing_id
            and listings.is_order_match
    inner join newest
        on
            available.channel_account = newest.channel_account
            and listings.channel_sku = newest.channel_sku
    where available.listing_qty is not null

),

-- what the channel itself took off its number between our write and its own statement
sold as (

    select
        compared.channel_account,
        compared.listing_id,
        sum(lines.ordered_listing_qty) as sold_listing_qty
    from compared
    inner join pushed
        on
            compared.channel_account = pushed.channel_account
            and compared.listing_id = pushed.listing_id
    inner join {{ ref('int_order_lines__fulfilled') }} as lines
        on
            compared.channel_account = lines.channel_account
            and compared.channel_sku = lines.channel_sku
            and pushed.acknowledged_at < lines.ordered_at
            and compared.published_at >= lines.ordered_at
    group by all

),

final as (

    select
        compared.*,
        max(compared.published_qty) over by_sku - min(compared.published_qty) over by_sku as channels_spread_qty,
        pushed.acknowledged_listing_qty,
        pushed.acknowledged_at,
        pushed.push_status,
        pushed.push_reason,
        pushed.read_class,
        pushed.read_at,
        pushed.read_listing_qty,
        case
            when compared.drift_listing_qty = 0 then 'agrees'
            when destinations.channel_account is null then 'no_destination'
            when pushed.push_status = 'rejected' and coalesce(pushed.tried_at > pushed.acknowledged_at, true)
                then 'push_refused'
            when pushed.acknowledged_at is null then 'not_pushed'
            when compared.published_listing_qty = pushed.read_listing_qty
                then if(pushed.read_class = 'sale_since_write', 'sold_since', pushed.read_class)
            when compared.published_at < pushed.acknowledged_at then 'not_seen'
            -- it still shows what it took; our number has moved on since
            when compared.published_listing_qty = pushed.acknowledged_listing_qty then 'not_pushed'
            when list_contains(pushed.written_listing_qtys, compared.published_listing_qty) then 'shows_other'
            when
                compared.published_listing_qty < pushed.acknowledged_listing_qty
                and compared.published_listing_qty + coalesce(sold.sold_listing_qty, 0)
                >= pushed.acknowledged_listing_qty
                then 'sold_since'
            else 'foreign_edit'
        end as drift_cause
    from compared
    left join destinations
        using (channel_account)
    left join pushed
        using (channel_account, listing_id)
    left join sold
        using (channel_account, listing_id)
    window by_sku as (partition by compared.sku_id)

)

select * from final
