{{ policy_in_force('policy_reach') }}
