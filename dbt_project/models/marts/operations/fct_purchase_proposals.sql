{{ config(schema='operations') }}

with proposals as (
    select * from {{ ref('stg_ops__purchase_proposals') }}
),

final as (
    select
        *,
        case
            when answer = 'refused' then 0
            when answer is not null then coalesce(answered_qty, order_qty)
        end as confirmed_qty,
        state in ('draft', 'submitted', 'approved', 'queued') as is_unsent
    from proposals
)

select * from final
