"""What the command line's exit code says; the same table stands in docs/operations.md."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """One code per kind of ending, so that a scheduler can tell them apart."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    BUSY = 4
    INTERRUPTED = 130


class RunFailedError(Exception):
    """A run ended with a failed step or a failed blocking check; the message names them and the next command."""


class CommandError(Exception):
    """A command cannot do what was asked; the message says what, where, why and the next command."""


def code_of(error: BaseException) -> ExitCode | None:
    """Return the exit code of an expected error, or None for one that is a fault of ours and deserves its traceback."""
    from company import ConfigurationError, NotAllowedError, SecretMissingError
    from ops import OpsStoreError, ProposalError, PushBusyError
    from orchestration.run_lock import HomeBusyError
    from reverse_etl import ExportsMissingError, OutboxError
    from warehouse import NotPublishedError, PublishRefusedError, WarehouseBusyError, WarehouseUnreadableError

    if isinstance(error, ConfigurationError | SecretMissingError):
        return ExitCode.CONFIGURATION
    if isinstance(error, HomeBusyError | WarehouseBusyError | PushBusyError):
        return ExitCode.BUSY
    failures = (RunFailedError, CommandError, NotPublishedError, PublishRefusedError, WarehouseUnreadableError, OSError)
    refusals = (NotAllowedError, ProposalError)
    if isinstance(error, (*failures, *refusals, OpsStoreError, ExportsMissingError, OutboxError)):
        return ExitCode.FAILED
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    return None
