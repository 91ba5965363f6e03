{{ config(materialized='view') }}

with nodes as (
    select * from {{ ref('int_channels__nodes') }}
),

locations as (
    select * from {{ ref('int_locations__known') }}
),

channel_stocked as (
    select channel_account from nodes where fulfilled_by = 'channel'
),

-- an account whose channel keeps no stock of ours ships what the channel would ship from its own first choice
served as (
    select
        channel_account,
        fulfilled_by,
        location_id,
        priority
    from nodes
    union all
    select
        nodes.channel_account,
        'channel' as fulfilled_by,
        nodes.location_id,
        nodes.priority
    from nodes
    anti join channel_stocked using (channel_account)
),

first_choice as (
    select
        channel_account,
        fulfilled_by,
        location_id
    from served
    qualify row_number() over (
        partition by channel_account, fulfilled_by
        order by priority, location_id
    ) = 1
),

final as (
    select
        first_choice.channel_account,
        first_choice.fulfilled_by,
        first_choice.location_id,
        coalesce(locations.purchasing_location_id, first_choice.location_id) as purchasing_location_id
    from first_choice
    left join locations on first_choice.location_id = locations.location_id
)

select * from final
