with

destinations as (

    select
        destination,
        account as channel_account
    from {{ ref('stg_company__destinations') }}
    where account is not null

),

attempts as (

    select
        destinations.channel_account,
        rows.destination,
        rows.row_key as listing_id,
        rows.generation,
        rows.status,
        rows.reason,
        rows.updated_at,
        -- a destination that takes on-hand was told more than customers could buy, each time by what was open then
        coalesce(
            rows.sellable_listing_qty, cast(json_extract_string(rows.target_json, '$.quantity') as bigint)
        ) as written_listing_qty
    from {{ ref('stg_ops__push_rows') }} as rows
    inner join destinations
        on rows.destination = destinations.destination

),

tried as (

    select
        channel_account,
        destination,
        listing_id,
        arg_max(status, (updated_at, generation)) as push_status,
        arg_max(reason, (updated_at, generation)) as push_reason,
        max(updated_at) as tried_at,
        list_sort(list(distinct written_listing_qty) filter (where status = 'confirmed')) as written_listing_qtys
    from attempts
    group by all

),

acknowledged as (

    select
        destinations.channel_account,
        state.destination,
        state.row_key as listing_id,
        cast(json_extract_string(state.payload_json, '$.sellable_quantity') as bigint) as acknowledged_listing_qty,
        state.acknowledged_at
    from {{ ref('stg_ops__channel_state') }} as state
    inner join destinations
        on state.destination = destinations.destination

),

-- of several destinations of one account, the one that was written to last speaks
speaking as (

    select
        channel_account,
        destination,
        listing_id,
        tried.push_status,
        tried.push_reason,
        tried.tried_at,
        tried.written_listing_qtys,
        acknowledged.acknowledged_listing_qty,
        acknowledged.acknowledged_at
    from tried
    full outer join acknowledged
        using (channel_account, destination, listing_id)
    qualify row_number() over (
        partition by channel_account, listing_id
        order by greatest(tried.tried_at, acknowledged.acknowledged_at) desc nulls last, destination asc
    ) = 1

),

readings as (

    select * from {{ ref('int_channel_readings__drifted') }}
    where is_newest

),

final as (

    select
        speaking.channel_account,
        speaking.listing_id,
        speaking.push_status,
        speaking.push_reason,
        speaking.tried_at,
        speaking.written_listing_qtys,
        speaking.acknowledged_listing_qty,
        speaking.acknowledged_at,
        readings.drift_class as read_class,
        readings.read_at,
        readings.read_listing_qty
    from speaking
    left join readings
        on
            speaking.destination = readings.destination
            and speaking.listing_id = readings.listing_id
            -- it has taken no number since
            and speaking.acknowledged_at <= readings.read_at

)

select * from final
