with

counts as (

    select
        account,
        count_id,
        location_id,
        sku_id,
        min(counted_at) as counted_at,
        max(reason) as reason,
        sum(counted_qty) as counted_qty,
        -- a book that one lot leaves out is no book
        case when count(*) = count(book_qty) then sum(book_qty) end as stated_book_qty
    from {{ ref('stg_house__cycle_counts') }}
    group by all

),

balances as (

    select * from {{ ref('int_stock_balances__running') }}

),

-- the count's own correction may carry the very instant of the count, so the book is what stood before it
booked as (

    select
        counts.*,
        max_by(balances.on_hand_qty, balances.balanced_at) as history_book_qty
    from counts
    left join balances
        on
            counts.location_id = balances.location_id
            and counts.sku_id = balances.sku_id
            and counts.counted_at > balances.balanced_at
            and balances.basis = 'on_hand'
    group by all

),

classified as (

    select
        booked.*,
        coalesce(velocities.abc_class, 'C') as abc_class,
        velocities.unit_cost_amount,
        velocities.currency,
        coalesce(booked.stated_book_qty, booked.history_book_qty) as book_qty,
        {{ local_date('booked.counted_at', 'locations.time_zone') }} as counted_on
    from booked
    inner join {{ ref('int_locations__calendared') }} as locations
        on booked.location_id = locations.location_id
    left join {{ ref('int_stock_velocity__classified') }} as velocities
        on
            booked.location_id = velocities.location_id
            and booked.sku_id = velocities.sku_id

),

tolerances as (

    {{ resolved_policy('classified', ref('stg_policy__count_tolerance'), [['abc_class', 'abc_class']]) }}

),

final as (

    select
        classified.account,
        classified.count_id,
        classified.location_id,
        classified.sku_id,
        classified.counted_at,
        classified.counted_on,
        classified.reason,
        classified.abc_class,
        tolerances.tolerance_rate,
        cast(classified.counted_qty as bigint) as counted_qty,
        cast(classified.book_qty as bigint) as book_qty,
        case
            when classified.stated_book_qty is not null then 'stated'
            when classified.history_book_qty is not null then 'history'
        end as book_source,
        cast(classified.counted_qty - classified.book_qty as bigint) as variance_qty,
        -- a share of the book, so an empty book allows nothing
        abs(classified.counted_qty - classified.book_qty)
        <= round(tolerances.tolerance_rate * greatest(0, classified.book_qty), 9) as is_accurate,
        classified.unit_cost_amount,
        classified.currency
    from classified
    inner join tolerances
        on classified.abc_class = tolerances.asked_abc_class

)

select * from final
