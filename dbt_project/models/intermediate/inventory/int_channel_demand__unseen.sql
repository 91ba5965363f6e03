with

spanned as (

    select * from {{ ref('int_channel_demand__spanned') }}

),

windows as (

    select * from {{ ref('int_channel_draws__windowed') }}

),

-- of n windows and the one under way each is as likely the largest, the second, and so on: the window at this rank is
-- exceeded no more often than asked; where n is too small for that, the largest has to do
chosen as (

    select *
    from windows
    qualify
        row_number() over (partition by question_number order by drawn_qty desc, window_number asc)
        = greatest(1, windows_count + 1 - ceil(round(stale_quantile_rate * (windows_count + 1), 9)))

),

final as (

    select
        spanned.channel_account,
        spanned.listing_id,
        min(chosen.windows_count) as windows_count,
        -- a kit is held back by the part of which most may go
        cast(max(ceil(chosen.drawn_qty / spanned.drawn_per_unit_qty)) as bigint) as unseen_qty
    from spanned
    inner join chosen
        on spanned.question_number = chosen.question_number
    group by all

)

select * from final
