with

proposals as (

    select * from {{ ref('fct_transfer_proposals') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

final as (

    select
        proposals.sku_id,
        products.title,
        proposals.from_location_id,
        proposals.to_location_id,
        proposals.transfer_qty,
        proposals.wanted_qty,
        proposals.spare_qty,
        proposals.to_free_qty,
        proposals.in_transit_qty,
        proposals.to_cover_days,
        proposals.from_left_qty,
        proposals.transfer_cost_amount,
        proposals.currency,
        proposals.transfer_reason
    from proposals
    left join products
        on proposals.sku_id = products.sku_id

)

select * from final
