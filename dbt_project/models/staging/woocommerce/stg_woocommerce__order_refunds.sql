with

final as (

    select distinct
        _account as channel_account,
        {{ order_key('trim(order_id)') }} as other_order_key,
        trim(refund_id) as refund_id
    from {{ source('raw', 'woocommerce__order_refunds') }}
    where {{ known_by_as_of() }}

)

select * from final
