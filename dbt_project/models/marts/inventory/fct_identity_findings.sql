with

final as (

    select
        finding_kind,
        channel_account,
        subject,
        related,
        owner,
        {{ as_of() }} as as_of_at
    from {{ ref('int_identities__judged') }}

)

select * from final
