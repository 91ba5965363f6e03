with

spans as (

    select * from {{ ref('int_stock_balances__daily') }}

),

node_policies as (

    select * from {{ ref('stg_policy__node_dated') }}

),

changes as (

    select
        valid_from_on as stock_on,
        sum(cast(hash(spans) as hugeint)) as changes_sum
    from spans
    group by all

),

-- a policy that was rewritten changes every day
policies as (

    select cast(sum(cast(hash(node_policies) as hugeint)) as varchar) as policies_sum
    from node_policies

),

days as (

    select cast(unnest(generate_series(min(valid_from_on), max(valid_to_on), interval 1 day)) as date) as stock_on
    from spans

),

final as (

    select
        days.stock_on,
        md5(coalesce(cast(changes.changes_sum as varchar), '') || coalesce(policies.policies_sum, '')) as changes_hash
    from days
    cross join policies
    left join changes
        on days.stock_on = changes.stock_on

)

select * from final
