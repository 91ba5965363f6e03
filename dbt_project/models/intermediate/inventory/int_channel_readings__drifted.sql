with

readings as (

    select * from {{ ref('stg_ops__channel_drift') }}

),

destinations as (

    select
        destination,
        account as channel_account
    from {{ ref('stg_company__destinations') }}

),

known as (

    select * from {{ ref('stg_ops__channel_state') }}

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

final as (

    select
        readings.reading_id,
        readings.destination,
        destinations.channel_account,
        readings.row_key as listing_id,
        readings.channel_sku,
        readings.sku_id,
        readings.read_at,
        {{ local_date('readings.read_at', 'settings.time_zone') }} as read_on,
        readings.read_by,
        readings.drift_class,
        readings.wanted_number,
        readings.written_number,
        readings.read_number,
        readings.unsellable_listing_qty,
        greatest(0, readings.written_number - readings.unsellable_listing_qty) as written_listing_qty,
        case
            when readings.read_number is not null
                then greatest(0, readings.read_number - readings.unsellable_listing_qty)
        end as read_listing_qty,
        readings.run_id,
        known.acknowledged_at,
        row_number() over (
            partition by readings.destination, readings.row_key
            order by readings.read_at desc, readings.reading_id desc
        ) = 1 as is_newest
    from readings
    cross join settings
    left join destinations
        on readings.destination = destinations.destination
    left join known
        on
            readings.destination = known.destination
            and readings.row_key = known.row_key

)

select * from final
