with

limited as (

    select * from {{ ref('int_promises__limited') }}

),

dated as (

    select * from {{ ref('int_promises__dated') }}

),

final as (

    select
        channel_account,
        fulfilled_by,
        sku_id,
        promise_kind,
        promise_on,
        cast(limit_qty as bigint) as limit_qty,
        cast(taken_qty as bigint) as taken_qty,
        left_qty as promise_qty,
        {{ as_of() }} as as_of_at
    from limited
    union all
    select
        channel_account,
        fulfilled_by,
        sku_id,
        'dated' as promise_kind,
        promise_on,
        cast(null as bigint) as limit_qty,
        cast(null as bigint) as taken_qty,
        promise_qty,
        {{ as_of() }} as as_of_at
    from dated

)

select * from final
