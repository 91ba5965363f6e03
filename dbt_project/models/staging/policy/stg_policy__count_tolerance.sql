{{ policy_in_force('policy_count_tolerance') }}
