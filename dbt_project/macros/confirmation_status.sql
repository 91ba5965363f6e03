{#- Whether a channel is told of a parcel line, or why not; over the columns of int_shipment_confirmations__judged. -#}
{% macro confirmation_status() -%}
    case
        when described.ordered_listing_qty is null then 'unknown_line'
        when not described.is_ours then 'not_ours'
        -- known is known, whatever became of the line afterwards
        when described.known_listing_qty = described.shipped_listing_qty then 'known'
        when described.known_listing_qty > 0 then 'disagrees'
        when described.running_listing_qty <= described.elsewhere_listing_qty
            then case when described.is_elsewhere_tracked then 'tracking_replaced' else 'known' end
        when described.running_listing_qty - described.shipped_listing_qty < described.elsewhere_listing_qty
            then 'disagrees'
        when described.told_after_listing_qty > described.ordered_listing_qty - described.cancelled_listing_qty
            then case when described.cancelled_listing_qty > 0 then 'cancelled' else 'over_shipped' end
        when described.tracking_key is null then 'no_tracking_number'
        else 'to_confirm'
    end
{%- endmacro %}
