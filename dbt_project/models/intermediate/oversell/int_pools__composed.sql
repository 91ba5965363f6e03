{{ config(materialized='view') }}

with

nodes as (

    select * from {{ ref('int_channels__nodes') }} where fulfilled_by = 'merchant'

),

-- accounts that sell from the same locations sell from one pool
composed as (

    select
        channel_account,
        string_agg(location_id, '|' order by location_id) as pool_id
    from nodes
    group by channel_account

),

final as (

    select
        composed.pool_id,
        composed.channel_account,
        nodes.location_id
    from composed
    inner join nodes
        on composed.channel_account = nodes.channel_account

)

select * from final
