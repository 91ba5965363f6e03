with

findings as (

    select * from {{ ref('fct_identity_findings') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

lines as (

    select * from {{ ref('fct_order_lines') }} where is_in_scope

),

-- what names a product in the findings of the catalogue
named as (

    {% for kind, name in [
        ('confusable', look_alike('sku_id')), ('shared_barcode', 'barcode'), ('circular_kit', 'sku_id')
    ] %}
        select
            '{{ kind }}' as finding_kind,
            {{ name }} as name,
            sku_id
        from products
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- what a finding is about: one SKU of a channel, one of our SKUs on a channel, or one of our SKUs anywhere
concerned as (

    select
        finding_kind,
        channel_account,
        subject,
        case when finding_kind != 'many_to_one' then subject end as channel_sku,
        case when finding_kind = 'many_to_one' then subject end as sku_id
    from findings
    where channel_account is not null

    union all

    select
        findings.finding_kind,
        null as channel_account,
        findings.subject,
        null as channel_sku,
        named.sku_id
    from findings
    inner join named
        on
            findings.finding_kind = named.finding_kind
            and named.name
            = case findings.finding_kind when 'confusable' then {{ look_alike('subject') }} else findings.subject end
    where findings.channel_account is null

),

-- one join per key: a join on either key would compare every finding with every line
ordered as (

    {% for key, matches_account in [('channel_sku', true), ('sku_id', true), ('sku_id', false)] %}
        select
            concerned.finding_kind,
            concerned.channel_account,
            concerned.subject,
            lines.order_key,
            lines.ordered_at,
            lines.demanded_qty
        from concerned
        inner join lines
            on
                concerned.{{ key }} = lines.{{ key }}
                {% if matches_account %}and concerned.channel_account = lines.channel_account{% endif %}
        where concerned.channel_account is {{ 'not ' if matches_account }}null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

at_stake as (

    select
        finding_kind,
        channel_account,
        subject,
        min(ordered_at) as first_ordered_at,
        count(distinct order_key) filter (where ordered_at > {{ as_of() }} - interval 28 days) as recent_orders_count,
        sum(demanded_qty) filter (where ordered_at > {{ as_of() }} - interval 28 days) as recent_demanded_qty
    from ordered
    group by all

),

final as (

    select
        findings.finding_kind,
        findings.channel_account,
        findings.subject,
        findings.related,
        findings.owner,
        at_stake.first_ordered_at,
        coalesce(at_stake.recent_orders_count, 0) as recent_orders_count,
        cast(coalesce(at_stake.recent_demanded_qty, 0) as bigint) as recent_demanded_qty,
        findings.as_of_at
    from findings
    left join at_stake
        on
            findings.finding_kind = at_stake.finding_kind
            and findings.channel_account is not distinct from at_stake.channel_account
            and findings.subject = at_stake.subject

)

select * from final
