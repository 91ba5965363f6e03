with

final as (

    select * from {{ source('policy', 'policy_node') }}

)

select * from final
