with

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

skus as (

    select distinct sku_id from {{ ref('int_listings__matched') }}

),

kits as (

    select * from {{ ref('int_kits__exploded') }}

),

channel_policies as (

    select * from {{ ref('stg_policy__channel') }}

),

lines as (

    select * from {{ ref('int_order_lines__fulfilled') }} where open_qty > 0

),

-- most companies fence nothing, and then nothing is looked up
fencing_accounts as (

    select distinct nodes.channel_account
    from nodes
    inner join channel_policies
        on channel_policies.channel_account in (nodes.channel_account, '*')
    where channel_policies.ring_fence_qty > 0

),

fence_keys as (

    select
        fencing_accounts.channel_account,
        skus.sku_id
    from fencing_accounts
    cross join skus

),

policies as (

    {{ resolved_policy('fence_keys', 'channel_policies', [['channel_account', 'channel_account'], ['sku_id', 'sku']]) }}

),

-- open kits use up the fence of the kit and the fences of its parts
open_units as (

    select
        channel_account,
        sku_id,
        open_qty
    from lines
    union all
    select
        lines.channel_account,
        kits.component_sku_id as sku_id,
        lines.open_qty * kits.component_qty as open_qty
    from lines
    inner join kits
        on lines.sku_id = kits.kit_sku_id

),

used as (

    select
        channel_account,
        sku_id,
        sum(open_qty) as used_qty
    from open_units
    group by all

),

final as (

    select
        policies.asked_channel_account as channel_account,
        policies.asked_sku_id as sku_id,
        greatest(0, policies.ring_fence_qty - coalesce(used.used_qty, 0)) as fenced_qty
    from policies
    left join used
        on
            policies.asked_channel_account = used.channel_account
            and policies.asked_sku_id = used.sku_id
    where policies.ring_fence_qty > 0

)

select * from final
