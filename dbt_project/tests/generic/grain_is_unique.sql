{#-
    Fails with each key that names more than one row, or none because a part of it is null. Of a table of which the build rewrote touched
    orders alone, the keys of the rows that were written are looked at, in the whole table.
-#}
{% test grain_is_unique(model, columns) %}
    select
        {{ columns | join(', ') }},
        count(*) as rows_count
    from {{ model }}
    {{ only_written_keys(model, columns) }}
    group by {{ columns | join(', ') }}
    having count(*) > 1 or {% for column in columns %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
