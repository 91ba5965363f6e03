{%- set history_days = 180 %}
{%- set minute = 60000000 %}

with

questions as (

    select distinct
        question_number,
        channel_account,
        fulfilled_by,
        drawn_sku_id,
        stale_quantile_rate,
        feed_age_minutes,
        unseen_minutes
    from {{ ref('int_channel_demand__spanned') }}

),

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

draws as (

    select * from {{ ref('int_stock_draws__dated') }}

),

-- who takes from the same locations: every channel that sells from one of them, and what happens at them
takers as (

    select distinct
        ours.channel_account,
        ours.fulfilled_by,
        theirs.channel_account as taker,
        theirs.fulfilled_by as taken_as
    from nodes as ours
    inner join nodes as theirs
        on ours.location_id = theirs.location_id
    union all
    select
        channel_account,
        fulfilled_by,
        location_id as taker,
        'location' as taken_as
    from nodes

),

-- what is younger than the feed may be known in part only, so the past is cut into windows from the feed backwards
drawn as (

    select
        questions.question_number,
        questions.stale_quantile_rate,
        questions.unseen_minutes,
        draws.drawn_qty,
        epoch_us({{ as_of() }})
        - questions.feed_age_minutes * {{ minute }}
        - epoch_us(draws.drawn_at) as back_microseconds
    from questions
    inner join takers
        on
            questions.channel_account = takers.channel_account
            and questions.fulfilled_by = takers.fulfilled_by
    inner join draws
        on
            questions.drawn_sku_id = draws.sku_id
            and takers.taker = draws.taker
            and takers.taken_as = draws.taken_as

),

-- windows begin with the first unit ever taken of a SKU: the days before say nothing of what may be taken now
numbered as (

    select
        question_number,
        stale_quantile_rate,
        drawn_qty,
        back_microseconds // (unseen_minutes * {{ minute }}) as window_number,
        greatest(1, least({{ history_days * 24 * 60 * minute }}, max(back_microseconds) over (
            partition by question_number
        )) // (unseen_minutes * {{ minute }})) as windows_count
    from drawn
    where back_microseconds >= 0

),

final as (

    select
        question_number,
        window_number,
        any_value(stale_quantile_rate) as stale_quantile_rate,
        any_value(windows_count) as windows_count,
        cast(sum(drawn_qty) as bigint) as drawn_qty
    from numbered
    where window_number < windows_count
    group by all

)

select * from final
