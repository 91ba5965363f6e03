with

trackings as (

    select *
    from {{ source('raw', 'aftership__trackings') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'tracking_id'], updated_at='updated_at') }}

),

deliveries as (

    select
        _account,
        tracking_id,
        min(occurred_at) as delivered_at
    from {{ source('raw', 'aftership__tracking_events') }}
    where {{ known_by_as_of() }} and {{ as_word('tracking_status') }} = 'delivered'
    group by all

),

final as (

    select
        trackings._account as account,
        trim(trackings.tracking_id) as tracker_id,
        {{ tracking_key('trackings.tracking_number') }} as tracking_key,
        {{ as_word('trackings.tracking_status') }} as tracking_status,
        coalesce(deliveries.delivered_at, trackings.delivered_at) as delivered_at,
        coalesce(trackings.is_return, false) as is_return,
        trackings._exported_at as stated_at
    from trackings
    left join deliveries
        on
            trackings._account = deliveries._account
            and trackings.tracking_id = deliveries.tracking_id

)

select * from final
