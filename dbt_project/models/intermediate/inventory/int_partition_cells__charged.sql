with

cells as (

    select * from {{ ref('int_partition_cells__stocked') }}

),

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

stock as (

    select * from {{ ref('int_stock__available_to_sell') }}

),

claims as (

    select * from {{ ref('int_stock_claims__unplaced') }}

),

fences as (

    select * from {{ ref('int_ring_fences__remaining') }}

),

-- every location that any member of the cell sells from: what is owed there comes off the cell
reaches as (

    select
        cells.sku_id,
        cells.cell_members,
        nodes.location_id,
        max(cells.debt_weight_rate) as debt_weight_rate
    from cells
    inner join nodes
        on
            cells.channel_account = nodes.channel_account
            and cells.fulfilled_by = nodes.fulfilled_by
    group by all

),

claimants as (

    select distinct
        reaches.sku_id,
        reaches.cell_members,
        nodes.channel_account,
        nodes.fulfilled_by
    from reaches
    inner join nodes
        on reaches.location_id = nodes.location_id

),

charges as (

    select
        reaches.sku_id,
        reaches.cell_members,
        stock.debt_qty * reaches.debt_weight_rate as charged_qty
    from reaches
    inner join stock
        on
            reaches.location_id = stock.location_id
            and reaches.sku_id = stock.sku_id
    union all
    select
        claimants.sku_id,
        claimants.cell_members,
        claims.unplaced_qty as charged_qty
    from claimants
    inner join claims
        on
            claimants.channel_account = claims.channel_account
            and claimants.fulfilled_by = claims.fulfilled_by
            and claimants.sku_id = claims.sku_id
    union all
    select
        claimants.sku_id,
        claimants.cell_members,
        fences.fenced_qty as charged_qty
    from claimants
    inner join fences
        on
            claimants.channel_account = fences.channel_account
            and claimants.sku_id = fences.sku_id
    where claimants.fulfilled_by = 'merchant'

),

final as (

    select
        sku_id,
        cell_members,
        cast(ceil(round(sum(charged_qty), 9)) as bigint) as charged_qty
    from charges
    group by all

)

select * from final
