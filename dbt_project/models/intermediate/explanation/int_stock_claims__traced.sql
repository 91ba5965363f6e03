with

claims as (

    select * from {{ ref('int_stock_claims__placed') }}

),

unplaced as (

    select * from {{ ref('int_stock_claims__unplaced') }}

),

lines as (

    select * from {{ ref('int_order_lines__placed') }}

),

statements as (

    select * from {{ ref('int_order_statements__unioned') }}

),

placed_kits as (

    select * from {{ ref('int_kits__placed') }}

),

kits as (

    select * from {{ ref('int_kits__exploded') }}

),

placed_claims as (

    select
        'committed' as term,
        lines.channel_account,
        lines.order_id,
        lines.channel_sku,
        lines.ordered_at,
        lines.placed_by,
        claims.location_id,
        claims.sku_id,
        claims.claimed_qty
    from lines
    left join placed_kits
        on
            lines.location_id = placed_kits.location_id
            and lines.sku_id = placed_kits.kit_sku_id
    inner join claims
        on
            lines.channel_account = claims.channel_account
            and lines.order_id = claims.order_id
            and lines.location_id = claims.location_id
            and coalesce(placed_kits.base_sku_id, lines.sku_id) = claims.sku_id

),

unplaced_claims as (

    select
        'unplaced' as term,
        lines.channel_account,
        lines.order_id,
        lines.channel_sku,
        lines.ordered_at,
        lines.placed_by,
        '' as location_id,
        unplaced.sku_id,
        lines.open_qty * coalesce(kits.component_qty, 1) as claimed_qty
    from lines
    left join kits
        on lines.sku_id = kits.kit_sku_id
    inner join unplaced
        on
            lines.channel_account = unplaced.channel_account
            and lines.fulfilled_by = unplaced.fulfilled_by
            and coalesce(kits.component_sku_id, lines.sku_id) = unplaced.sku_id
    where lines.location_id is null

),

claiming as (

    select * from placed_claims
    union all
    select * from unplaced_claims

),

-- an order claims once, however many of its lines hold the SKU
final as (

    select
        claiming.term,
        claiming.location_id,
        claiming.sku_id,
        claiming.channel_account,
        claiming.order_id as document_id,
        cast(any_value(claiming.claimed_qty) as bigint) as evidence_qty,
        min(claiming.ordered_at) as evidence_at,
        'placed by ' || min(claiming.placed_by) as evidence_detail,
        claiming.channel_account as source_account,
        arg_min(statements.source_file, statements.source_row) as source_file,
        min(statements.source_row) as source_row
    from claiming
    left join statements
        on
            claiming.channel_account = statements.channel_account
            and claiming.order_id = statements.order_id
            and claiming.channel_sku = statements.channel_sku
    group by claiming.term, claiming.location_id, claiming.sku_id, claiming.channel_account, claiming.order_id

)

select * from final
