with final as (
    select * from {{ ref('fct_purchase_proposals') }}
)

select * from final
