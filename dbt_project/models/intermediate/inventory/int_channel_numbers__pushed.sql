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
        cast(json_extract_string(rows.target_json, '$.quantity') as bigint) as written_qty
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
        list_sort(list(distinct written_qty) filter (where status = 'confirmed')) as written_qtys
    from attempts
    group by all

),

acknowledged as (

    select
        destinations.channel_account,
        state.destination,
        state.row_key as listing_id,
        cast(json_extract_string(state.payload_json, '$.sellable_quantity') as bigint) as acknowledged_listing_qty,
        -- a destination that takes on-hand is told more than customers can buy
        cast(json_extract_string(state.payload_json, '$.quantity') as bigint)
        - cast(json_extract_string(state.payload_json, '$.sellable_quantity') as bigint) as unsellable_qty,
        state.acknowledged_at
    from {{ ref('stg_ops__channel_state') }} as state
    inner join destinations
        on state.destination = destinations.destination

),

-- of several destinations of one account, the one that was written to last speaks
final as (

    select
        channel_account,
        listing_id,
        tried.push_status,
        tried.push_reason,
        tried.tried_at,
        list_transform(tried.written_qtys, lambda qty: qty - coalesce(acknowledged.unsellable_qty, 0)) -- noqa: RF02
            as written_listing_qtys,
        acknowledged.acknowledged_listing_qty,
        acknowledged.acknowledged_at
    from tried
    full outer join acknowledged
        using (channel_account, destination, listing_id)
    qualify row_number() over (
        partition by channel_account, listing_id
        order by greatest(tried.tried_at, acknowledged.acknowledged_at) desc nulls last, destination asc
    ) = 1

)

select * from final
