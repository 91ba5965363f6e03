-- Units returned according to the feeds, less what another feed tells of the same order line,
-- = units on published return lines, per feed.
with

stated as (

    select
        stated.return_source,
        sum(stated.returned_listing_qty) as stated_qty
    from {{ ref('int_return_statements__resolved') }} as stated
    anti join {{ ref('fct_return_lines') }} as published
        on
            stated.channel_account = published.channel_account
            and stated.order_key = published.order_key
            and stated.channel_sku = published.channel_sku
            and stated.return_source != published.return_source
            and published.return_source != 'fba'
    group by all

),

published as (

    select
        return_source,
        sum(returned_listing_qty) as published_qty
    from {{ ref('fct_return_lines') }}
    where return_source not in ('house', 'fba')
    group by all

)

select
    return_source,
    stated.stated_qty,
    published.published_qty
from stated
full outer join published
    using (return_source)
where stated.stated_qty is distinct from published.published_qty
