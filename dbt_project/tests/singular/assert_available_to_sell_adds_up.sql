-- Every published term is there, so the published number must follow from them.
select *
from {{ ref('fct_available_to_sell') }}
where
    sellable_qty != greatest(0, greatest(0, on_hand_qty) - unavailable_qty)
    or free_qty != sellable_qty - committed_qty - reserved_qty - outbound_qty
    or debt_qty != greatest(0, -free_qty)
    or ats_qty != greatest(0, free_qty - node_buffer_qty)
    or (ats_qty is null) != (status = 'untracked')
