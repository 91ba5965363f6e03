"""Exports to channels and the purchasing queue: plan, guard, record, send, settle. A complete program without Dagster."""

from reverse_etl.contract import Destination, Facts, PurchaseProposal, StockUpdate, Target
from reverse_etl.courier import Progress
from reverse_etl.destinations import DESTINATIONS, destination_of
from reverse_etl.drift import ChannelDrift, Reading, read_drift, read_round
from reverse_etl.exports import ExportsMissingError
from reverse_etl.outbox import Outbox, OutboxError
from reverse_etl.push import push
from reverse_etl.reconcile import Drift, outbox_drift
from reverse_etl.report import DestinationReport, PushReport
from reverse_etl.resync import Resync, resync
from reverse_etl.shipments import ShipmentConfirmation

__all__ = [
    "DESTINATIONS",
    "ChannelDrift",
    "Destination",
    "DestinationReport",
    "Drift",
    "ExportsMissingError",
    "Facts",
    "Outbox",
    "OutboxError",
    "Progress",
    "PurchaseProposal",
    "PushReport",
    "Reading",
    "Resync",
    "ShipmentConfirmation",
    "StockUpdate",
    "Target",
    "destination_of",
    "outbox_drift",
    "push",
    "read_drift",
    "read_round",
    "resync",
]
