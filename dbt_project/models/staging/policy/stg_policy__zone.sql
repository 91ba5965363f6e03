{{ policy_in_force('policy_zone') }}
