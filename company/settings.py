"""`tallyhouse.toml` as typed settings: one company, its accounts, destinations, environments and limits.

In: the file in a home folder plus environment variables `TALLYHOUSE__SECTION__KEY` (they win). Out: a frozen `Settings`.
Unknown keys, unknown time zones, dangling references and impossible values raise `ConfigurationError`, which names the
file, the key, the reason and the fix. Imports nothing else of the house.
"""

from __future__ import annotations

import codecs
import os
import tomllib
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from company.destinations import Destination, Name
from company.landing import LandingPlace
from company.partners import X12Partner
from company.people import Person, PersonName, Purchasing

CONFIG_FILE = "tallyhouse.toml"
ENVIRONMENT_VARIABLE = "TALLYHOUSE_ENVIRONMENT"


SALES_CHANNELS = frozenset({"shopify", "amazon", "woocommerce", "ebay", "walmart", "tiktok"})
"""Systems whose accounts sell to customers unless the account says otherwise."""


class ConfigurationError(Exception):
    """A setting is missing or wrong; the message says file, key, reason and fix."""


class Environment(StrEnum):
    """The four places Tallyhouse runs in; each map over environments lists all of them."""

    DEMO = "demo"
    LOCAL = "local"
    PROD = "prod"
    TEST = "test"


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not an IANA time zone; write one like 'Europe/Berlin' or 'UTC'")
    return name


def _known_currency(code: str) -> str:
    if not (len(code) == 3 and code.isalpha() and code.isupper()):
        raise ValueError(f"{code!r} is not an ISO 4217 currency code; write one like 'USD' or 'EUR'")
    return code


def _known_encoding(name: str) -> str:
    try:
        b"".decode(name)
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"{name!r} is not an encoding; write one like 'utf-8' or 'cp932'") from None


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Currency = Annotated[str, AfterValidator(_known_currency)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CompanySection(_Section):
    """`[company]`: what holds for the whole company."""

    name: str
    base_currency: Currency = "USD"
    time_zone: TimeZone = "UTC"
    week_starts_on: Literal["monday", "sunday"] = "monday"
    closed_days: tuple[date, ...] = ()
    test_order_tags: tuple[str, ...] = ("test",)


class Account(_Section):
    """`[accounts.<name>]`: one account of one source system; its folder is `data/landing/<name>/`.

    `locations` maps the system's own location names to our location ids. `is_sales_channel` is true for channels by default
    and must be set for a house account whose orders are a channel of their own.
    """

    system: Literal[
        "shopify", "amazon", "woocommerce", "ebay", "walmart", "tiktok", "x12", "shipstation", "shipbob", "easypost",
        "aftership", "loop", "stripe", "house",
    ]  # fmt: skip
    time_zone: TimeZone = "UTC"
    currency: Currency = "USD"
    tax_basis: Literal["exclusive", "inclusive"] = "exclusive"
    is_sales_channel: bool | None = None
    locations: dict[str, str] = Field(default_factory=dict)
    fulfilled_by_channel_location: str | None = None
    """Where the channel's own fulfilment keeps our stock (Amazon FBA), as our location id."""
    date_order: Literal["dmy", "mdy"] | None = None
    """Day or month first, for the feeds of a system that writes either by region."""
    decimal_mark: Literal[".", ","] = "."
    """For the feeds of a system that writes either by region."""
    encodings: tuple[Annotated[str, AfterValidator(_known_encoding)], ...] = ()
    """Tried in order instead of a delimited feed's own, such as `["utf-8", "cp932"]` for a Japanese marketplace."""
    landing: LandingPlace = Field(default_factory=LandingPlace)
    cadence_hours: dict[Name, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    """How long silence of a feed is normal, by entity, where this account differs from the feed's own cadence."""
    mappings: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.toml$")], ...] = ()
    """Files in `<home>/mappings` that say how other exports fill the house templates."""
    x12: X12Partner = Field(default_factory=X12Partner)
    """What the partner means by its codes, for an account of system `x12`."""

    @property
    def sells(self) -> bool:
        """Whether customers order through this account."""
        return self.system in SALES_CHANNELS if self.is_sales_channel is None else self.is_sales_channel


class EnvironmentSection(_Section):
    """`[environments.<name>]`: what an unattended run may do there. Nothing is pushed and nothing scheduled unless said."""

    push: bool = False
    schedule: bool = False


class Limits(_Section):
    """`[limits]`: bounds on reading and on pushing."""

    max_file_mb: int = Field(2048, gt=0)
    max_columns: int = Field(2000, gt=0)
    max_field_chars: int = Field(131_072, gt=0)
    decode_seconds: int = Field(900, gt=0)
    decode_memory_mb: int = Field(8192, gt=0)
    max_reject_rate: Decimal = Field(Decimal("0.05"), ge=0, le=1)
    """A file with a larger share of refused rows is held whole."""
    min_row_count_rate: Decimal = Field(Decimal("0.30"), ge=0, le=1)
    """A snapshot with fewer rows than this share of the feed's usual number is held; 0 turns the check off, as for all below."""
    max_row_count_rate: Decimal = Field(Decimal("10"), ge=0)
    """A snapshot with more rows than this many times the feed's usual number is held."""
    max_zero_rise: Decimal = Field(Decimal("0.50"), ge=0, le=1)
    """A file in which the share of zeros of a quantity is higher than usual by more than this is held."""
    max_blank_rise: Decimal = Field(Decimal("0.50"), ge=0, le=1)
    """A file in which the share of blanks of an optional column is higher than usual by more than this is held."""
    max_scale_factor: Decimal = Field(Decimal("6"), ge=0)
    """A file whose numbers in one column are this many times larger or smaller than usual is held."""
    max_unknown_sku_rise: Decimal = Field(Decimal("0.30"), ge=0, le=1)
    """A file in which the share of rows with an unknown SKU is higher than usual by more than this is held."""
    stable_seconds: int = Field(0, ge=0)
    """A file is claimed only when it has not changed for this long."""
    max_changed_rate: Decimal = Field(Decimal("0.30"), ge=0, le=1)
    max_to_zero_rate: Decimal = Field(Decimal("0.05"), ge=0, le=1)
    max_to_zero_rows: int = Field(10, ge=0)
    max_unit_delta_rate: Decimal = Field(Decimal("0.25"), ge=0)
    max_handed_over_rows: int = Field(500, ge=0)
    """A push that hands over more rows that cannot be taken back, such as shipment confirmations, is held."""
    read_back_days: int = Field(7, ge=0)
    """Within how many days scheduled pushes read every row back from the channels, a few at a time; 0: never."""
    max_in_doubt_minutes: int = Field(120, ge=0)
    """How long nobody may know whether a pushed row arrived before a check fails."""
    warehouse_memory_mb: int = Field(4096, gt=0)
    warehouse_threads: int = Field(2, gt=0)
    keep_serving: int = Field(3, ge=1)
    keep_quarantine_days: int = Field(90, ge=0)
    """How long texts and copies stay after they were dealt with; `tallyhouse quarantine expire` removes older ones."""


class Settings(BaseSettings):
    """Everything `tallyhouse.toml` says, checked. `home` is the folder that holds it."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="TALLYHOUSE__", env_nested_delimiter="__", case_sensitive=False
    )

    home: Path
    environment: Environment = Environment.LOCAL
    company: CompanySection
    accounts: dict[Name, Account] = Field(default_factory=dict)
    destinations: dict[Name, Destination] = Field(default_factory=dict)
    environments: dict[Environment, EnvironmentSection] = Field(default_factory=dict)
    limits: Limits = Field(default_factory=Limits)
    people: dict[PersonName, Person] = Field(default_factory=dict)
    purchasing: Purchasing = Field(default_factory=Purchasing)

    @field_validator("environments")
    @classmethod
    def _all_environments(cls, value: dict[Environment, EnvironmentSection]) -> dict[Environment, EnvironmentSection]:
        missing = [name.value for name in Environment if name not in value]
        if value and missing:
            raise ValueError(f"list all four environments; missing: {', '.join(missing)}")
        return value or {name: EnvironmentSection() for name in Environment}

    @model_validator(mode="after")
    def _references(self) -> Settings:
        for name, destination in self.destinations.items():
            if destination.account is not None and destination.account not in self.accounts:
                known = ", ".join(sorted(self.accounts)) or "none"
                raise ValueError(f"destinations.{name}.account is {destination.account!r}; accounts are: {known}")
        named = {self.purchasing.destination, *self.purchasing.supplier_destinations.values()} - {None}
        if unknown := sorted(str(name) for name in named if name not in self.destinations):
            raise ValueError(
                f"purchasing names the destination {unknown[0]!r}, which has no section [destinations.{unknown[0]}]"
            )
        return self

    @property
    def may_push(self) -> bool:
        """Whether this environment pushes for real; otherwise a push is a dry run."""
        return self.environments[self.environment].push

    @property
    def may_schedule(self) -> bool:
        """Whether schedules and sensors run unattended in this environment."""
        return self.environments[self.environment].schedule

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment variables win over the file."""
        return (env_settings, init_settings)


def load_settings(home: Path) -> Settings:
    """Read `<home>/tallyhouse.toml`; raises `ConfigurationError` with file, key, reason and fix."""
    path = home / CONFIG_FILE
    if not path.is_file():
        raise ConfigurationError(
            f"{path}: not found. Run `tallyhouse init {home}` to create it, or pass --home with the folder that has it."
        )
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not readable as TOML: {error}. Correct that line and run again.") from error
    if ENVIRONMENT_VARIABLE in os.environ:
        document["environment"] = os.environ[ENVIRONMENT_VARIABLE]
    try:
        return Settings(home=home.resolve(), **document)
    except ValidationError as error:
        raise ConfigurationError(_explain(path, error)) from error
    except TypeError as error:
        raise ConfigurationError(f"{path}: {error}. Remove the key `home`; it is the folder itself.") from error


_FIX = {
    "extra_forbidden": "remove it or correct its spelling; `tallyhouse init` writes a commented example of every key",
    "missing": "add it",
    "literal_error": "use one of the values named",
    "enum": "use one of the values named",
}


def _explain(path: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "(whole file)"
        reason = "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"].removeprefix("Value error, ")
        fix = _FIX.get(problem["type"], "correct the value")
        lines.append(f"{path}: {key}: {reason}. Fix: {fix}.")
    return "\n".join(lines)
