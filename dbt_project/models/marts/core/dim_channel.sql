with

nodes as (

    select
        channel_account,
        string_agg(location_id, ', ' order by priority, location_id) filter (where fulfilled_by = 'merchant')
            as sourcing_locations
    from {{ ref('int_channels__nodes') }}
    group by all

),

final as (

    select
        accounts.account as channel_account,
        accounts.system,
        accounts.time_zone,
        accounts.currency,
        accounts.tax_basis,
        accounts.channel_location_id,
        nodes.sourcing_locations,
        accounts.as_of_date
    from {{ ref('int_accounts__known') }} as accounts
    left join nodes
        on accounts.account = nodes.channel_account
    where accounts.is_sales_channel

)

select * from final
