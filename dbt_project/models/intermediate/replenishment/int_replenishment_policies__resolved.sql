{{ config(materialized='view') }}

with locations as (
    select distinct coalesce(purchasing_location_id, location_id) as location_id
    from {{ ref('int_locations__known') }}
),

policies as (
    select * from {{ ref('stg_policy__replenishment') }}
),

resolved as (
    {{ resolved_policy('locations', 'policies', [('location_id', 'location_id')]) }}
),

final as (
    select
        asked_location_id as location_id,
        review_days,
        default_lead_time_days,
        default_lead_time_cv_rate,
        min_receipts_count,
        ses_alpha_rate,
        on_order_horizon_days
    from resolved
)

select * from final
