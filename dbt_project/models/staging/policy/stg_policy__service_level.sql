{{ policy_in_force('policy_service_level') }}
