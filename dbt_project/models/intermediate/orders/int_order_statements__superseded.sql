{{ config(materialized='view') }}

with

statements as (

    select
        channel_account,
        order_key,
        other_order_key,
        statement_source,
        stated_at
    from {{ touched(ref('int_order_statements__unioned')) }}

),

-- one shop, two files: the newer speaks of the order alone, of equals the fuller one
in_bulk as (

    select
        channel_account,
        order_key,
        max(stated_at) as stated_at
    from statements
    where statement_source = 'shopify_bulk'
    group by all

),

in_export as (

    select
        exported.channel_account,
        exported.order_key,
        max(exported.stated_at) as stated_at
    from statements as exported
    semi join in_bulk
        on
            exported.channel_account = in_bulk.channel_account
            and exported.order_key = in_bulk.order_key
    where exported.statement_source = 'shopify'
    group by all

),

older_file as (

    select
        in_bulk.channel_account,
        in_bulk.order_key,
        case when in_bulk.stated_at >= in_export.stated_at then 'shopify' else 'shopify_bulk' end as statement_source
    from in_bulk
    inner join in_export
        using (channel_account, order_key)

),

-- a warehouse repeats the orders it is sent: they are orders of their own only when nobody else states them
repeated as (

    select distinct
        channel_account,
        order_key,
        statement_source,
        unnest([order_key, other_order_key]) as named_key
    from statements
    where statement_source in ('x12_940', 'shipbob')

),

original as (

    select statements.order_key as known_key
    from statements
    semi join repeated
        on statements.order_key = repeated.named_key
    where statements.statement_source not in ('x12_940', 'shipbob')
    union
    select statements.other_order_key as known_key
    from statements
    semi join repeated
        on statements.other_order_key = repeated.named_key
    where statements.statement_source not in ('x12_940', 'shipbob')

),

twice_told as (

    select
        repeated.channel_account,
        repeated.order_key,
        repeated.statement_source
    from repeated
    semi join original
        on repeated.named_key = original.known_key

),

final as (

    select * from older_file
    union
    select * from twice_told

)

select * from final
