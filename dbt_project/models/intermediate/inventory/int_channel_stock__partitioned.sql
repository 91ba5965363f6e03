with

cells as (

    select * from {{ ref('int_partition_cells__stocked') }}

),

charges as (

    select * from {{ ref('int_partition_cells__charged') }}

),

members as (

    select * from {{ ref('int_partition_members__chosen') }}

),

offered as (

    select * from {{ ref('int_channel_stock__offered') }}

),

fenced as (

    select * from {{ ref('int_channel_stock__fenced') }}

),

-- parts are shared with other SKUs, so a kit is split as one pile: the smallest that any of its members sees
kit_pools as (

    select
        members.sku_id,
        min(greatest(0, offered.common_pool_qty - coalesce(fenced.ring_fenced_by_others_qty, 0))) as pool_qty
    from members
    inner join offered
        on
            members.channel_account = offered.channel_account
            and members.fulfilled_by = offered.fulfilled_by
            and members.sku_id = offered.sku_id
    left join fenced
        on
            members.channel_account = fenced.channel_account
            and members.fulfilled_by = fenced.fulfilled_by
            and members.sku_id = fenced.sku_id
    where offered.parts_qty is not null
    group by all

),

piles as (

    select
        cells.sku_id,
        cells.cell_members,
        cells.channel_account,
        cells.fulfilled_by,
        cells.mode,
        cells.share_weight,
        cells.priority_rank,
        cells.need_qty,
        greatest(0, cells.ats_qty - coalesce(charges.charged_qty, 0)) as pool_qty
    from cells
    left join charges
        on cells.sku_id = charges.sku_id and cells.cell_members = charges.cell_members
    anti join kit_pools
        on cells.sku_id = kit_pools.sku_id
    union all
    select
        members.sku_id,
        null as cell_members,
        members.channel_account,
        members.fulfilled_by,
        members.mode,
        members.share_weight,
        members.priority_rank,
        members.need_qty,
        kit_pools.pool_qty
    from members
    inner join kit_pools
        on members.sku_id = kit_pools.sku_id

),

asked as (

    select
        *,
        case when mode = 'priority' then least(coalesce(need_qty, pool_qty), pool_qty) else 0 end as asked_qty
    from piles

),

ranked as (

    select
        *,
        sum(asked_qty) over (
            partition by sku_id, cell_members
            order by priority_rank, channel_account, fulfilled_by
            rows between unbounded preceding and current row
        ) - asked_qty as asked_before_qty,
        least(pool_qty, sum(asked_qty) over (partition by sku_id, cell_members)) as taken_qty,
        sum(share_weight) filter (where mode = 'fair_share') over (partition by sku_id, cell_members) as total_weight
    from asked

),

-- whole units first, then one more each to the largest remainders, so that the parts add up to the pile
divided as (

    select
        *,
        greatest(0, least(asked_qty, pool_qty - asked_before_qty)) as served_qty,
        (pool_qty - taken_qty) * share_weight // nullif(total_weight, 0) as whole_qty,
        (pool_qty - taken_qty) * share_weight % nullif(total_weight, 0) as remainder_qty
    from ranked

),

rounded as (

    select
        *,
        pool_qty - taken_qty
        - sum(whole_qty) filter (where mode = 'fair_share') over (partition by sku_id, cell_members) as left_over_qty,
        row_number() over (
            partition by sku_id, cell_members, mode
            order by remainder_qty desc, channel_account asc, fulfilled_by asc
        ) as remainder_rank
    from divided

),

final as (

    select
        channel_account,
        fulfilled_by,
        sku_id,
        cast(least(max(need_qty), sum(
            case
                when mode = 'priority' then served_qty
                when total_weight > 0 then whole_qty + case when remainder_rank <= left_over_qty then 1 else 0 end
                else 0
            end
        )) as bigint) as partition_qty
    from rounded
    group by all

)

select * from final
