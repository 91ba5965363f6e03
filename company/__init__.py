"""The ground floor: one company's settings, folders and policies. Imports nothing else of the house."""

from company.paths import DBT_PROJECT, DEFAULT_POLICIES, REPOSITORY, Paths
from company.settings import (
    CONFIG_FILE,
    Account,
    ConfigurationError,
    Destination,
    Environment,
    Limits,
    Settings,
    load_settings,
)

__all__ = [
    "CONFIG_FILE",
    "DBT_PROJECT",
    "DEFAULT_POLICIES",
    "REPOSITORY",
    "Account",
    "ConfigurationError",
    "Destination",
    "Environment",
    "Limits",
    "Paths",
    "Settings",
    "load_settings",
]
