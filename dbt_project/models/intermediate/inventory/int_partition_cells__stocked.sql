with

members as (

    select * from {{ ref('int_partition_members__chosen') }}

),

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

stock as (

    select * from {{ ref('int_stock__available_to_sell') }}

),

member_nodes as (

    select
        members.sku_id,
        nodes.location_id,
        list_sort(list(members.channel_account || '/' || members.fulfilled_by)) as cell_members
    from members
    inner join nodes
        on
            members.channel_account = nodes.channel_account
            and members.fulfilled_by = nodes.fulfilled_by
    group by all

),

-- locations that serve the same members are one pile to split
cells as (

    select
        member_nodes.sku_id,
        member_nodes.cell_members,
        sum(stock.ats_qty) as ats_qty
    from member_nodes
    inner join stock
        on
            member_nodes.location_id = stock.location_id
            and member_nodes.sku_id = stock.sku_id
    group by all
    having sum(stock.ats_qty) > 0

),

final as (

    select
        cells.sku_id,
        cells.cell_members,
        cells.ats_qty,
        members.channel_account,
        members.fulfilled_by,
        members.mode,
        members.share_weight,
        members.priority_rank,
        members.debt_weight_rate,
        members.need_qty
    from cells
    inner join members
        on
            cells.sku_id = members.sku_id
            and list_contains(cells.cell_members, members.channel_account || '/' || members.fulfilled_by)

)

select * from final
