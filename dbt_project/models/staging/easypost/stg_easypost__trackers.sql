with

trackers as (

    select *
    from {{ source('raw', 'easypost__trackers') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'tracker_id'], updated_at='updated_at') }}

),

deliveries as (

    select
        _account,
        tracker_id,
        min(occurred_at) as delivered_at
    from {{ source('raw', 'easypost__tracking_events') }}
    where {{ known_by_as_of() }} and {{ as_word('tracking_status') }} = 'delivered'
    group by all

),

final as (

    select
        trackers._account as account,
        trim(trackers.tracker_id) as tracker_id,
        {{ tracking_key('trackers.tracking_number') }} as tracking_key,
        {{ as_word('trackers.tracking_status') }} as tracking_status,
        deliveries.delivered_at,
        lower(trim(trackers.mode)) as mode,
        coalesce(trackers.is_return, false) as is_return,
        trackers._exported_at as stated_at
    from trackers
    left join deliveries
        on
            trackers._account = deliveries._account
            and trackers.tracker_id = deliveries.tracker_id

)

select * from final
