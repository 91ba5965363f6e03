{{ config(materialized='view') }}

with

trackers as (

    select *
    from {{ ref('stg_easypost__trackers') }}
    where coalesce(mode, 'production') != 'test'
    union all by name
    select * from {{ ref('stg_aftership__trackings') }}

),

final as (

    select
        tracking_key,
        -- what came back to the sender was not delivered to anyone
        min(delivered_at) filter (where not is_return and tracking_status != 'return_to_sender') as delivered_at,
        bool_or(tracking_status = 'delivered' and not is_return) as is_delivered
    from trackers
    where tracking_key is not null
    group by all

)

select * from final
