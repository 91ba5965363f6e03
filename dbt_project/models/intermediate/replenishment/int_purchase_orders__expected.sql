with open_lines as (
    select * from {{ ref('int_purchase_orders__received') }} where open_qty > 0
),

consignments as (
    select * from {{ ref('int_inbound__consigned') }} where not is_received
),

-- a consignment names the line, or the SKU, or the whole order; what is said of the line itself comes first
matched as (
    select
        open_lines.po_id,
        open_lines.po_line,
        open_lines.open_qty,
        consignments.inbound_id,
        consignments.carrier,
        consignments.last_milestone,
        consignments.expected_source,
        coalesce(consignments.expected_on, open_lines.promised_on) as expected_on,
        case
            when consignments.po_line is null and consignments.sku_id is null then open_lines.open_qty
            else coalesce(consignments.expected_qty, open_lines.open_qty)
        end as consigned_qty
    from open_lines
    inner join consignments
        on
            open_lines.po_id = consignments.po_id
            and coalesce(consignments.po_line, open_lines.po_line) = open_lines.po_line
            and (
                consignments.po_line is not null
                or coalesce(consignments.sku_id, open_lines.sku_id) = open_lines.sku_id
            )
    qualify row_number() over (
        partition by open_lines.po_id, open_lines.po_line, consignments.inbound_id
        order by consignments.po_line is null, consignments.sku_id is null
    ) = 1
),

-- the earliest consignment is taken first, and no more than is still open
running as (
    select
        *,
        coalesce(
            sum(consigned_qty) over (
                partition by po_id, po_line
                order by expected_on asc nulls last, inbound_id asc
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as before_qty
    from matched
),

allotted as (
    select
        po_id,
        po_line,
        inbound_id,
        carrier,
        last_milestone,
        expected_source,
        expected_on,
        greatest(0, least(consigned_qty, open_qty - before_qty)) as expected_qty
    from running
),

totals as (
    select
        po_id,
        po_line,
        sum(expected_qty) as expected_qty
    from allotted
    group by po_id, po_line
),

rest as (
    select
        open_lines.po_id,
        open_lines.po_line,
        'none' as inbound_id,
        'promise' as expected_source,
        open_lines.promised_on as expected_on,
        open_lines.open_qty - coalesce(totals.expected_qty, 0) as expected_qty
    from open_lines
    left join totals
        on
            open_lines.po_id = totals.po_id
            and open_lines.po_line = totals.po_line
),

parts as (
    select * from allotted
    union all by name
    select * from rest
),

final as (
    select
        parts.po_id,
        parts.po_line,
        parts.inbound_id,
        open_lines.supplier_id,
        open_lines.sku_id,
        open_lines.location_id,
        cast(parts.expected_qty as bigint) as expected_qty,
        parts.expected_on,
        parts.expected_source,
        parts.last_milestone,
        parts.carrier,
        open_lines.promised_on,
        open_lines.as_of_on
    from parts
    inner join open_lines
        on
            parts.po_id = open_lines.po_id
            and parts.po_line = open_lines.po_line
    where parts.expected_qty > 0
)

select * from final
