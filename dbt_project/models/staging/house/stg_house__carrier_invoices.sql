with

final as (

    select
        _account as account,
        trim(carrier) as carrier,
        trim(invoice_id) as invoice_id,
        trim(invoice_line) as invoice_line,
        nullif(trim(tracking_number), '') as tracking_number,
        nullif(trim(shipment_id), '') as shipment_id,
        service,
        billed_weight_grams,
        lower(trim(charge_type)) as charge_type,
        charge_amount,
        upper(currency) as currency,
        invoiced_on,
        shipped_on
    from {{ source('raw', 'house__carrier_invoices') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'carrier', 'invoice_id', 'invoice_line']) }}

)

select * from final
