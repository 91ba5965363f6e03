"""The ground floor: one company's settings, folders and policies. Imports nothing else of the house."""

from company.destinations import Destination
from company.partners import X12Partner, X12Recipient
from company.paths import DBT_PROJECT, DEFAULT_POLICIES, REPOSITORY, Paths
from company.people import MACHINE, Actor, NotAllowedError, Person, Purchasing, acting
from company.policies import PolicyTable, load_policies, write_default_policies
from company.policy_rows import POLICIES, policy_columns
from company.secret import SecretMissingError, read_secret
from company.settings import (
    CONFIG_FILE,
    Account,
    ConfigurationError,
    Environment,
    Limits,
    Settings,
    load_settings,
)

__all__ = [
    "CONFIG_FILE",
    "DBT_PROJECT",
    "DEFAULT_POLICIES",
    "MACHINE",
    "POLICIES",
    "REPOSITORY",
    "Account",
    "Actor",
    "ConfigurationError",
    "Destination",
    "Environment",
    "Limits",
    "NotAllowedError",
    "Paths",
    "Person",
    "PolicyTable",
    "Purchasing",
    "SecretMissingError",
    "Settings",
    "X12Partner",
    "X12Recipient",
    "acting",
    "load_policies",
    "load_settings",
    "policy_columns",
    "read_secret",
    "write_default_policies",
]
