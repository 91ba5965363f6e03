"""Shopify's GraphQL Admin API, for all destinations that speak it: requests of a version, answers, and what they cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reverse_etl.api import AnswerError
from reverse_etl.contract import Target
from reverse_etl.wire import Request, Response

NEWEST_VERSION = "2026-10"


def version(target: Target) -> str:
    """Return the API version that is spoken: the setting, or the newest one known here."""
    return target.settings.api_version or NEWEST_VERSION


def request_of(target: Target, query: str, variables: Mapping[str, Any]) -> Request:
    """Return the request that asks a query with its variables."""
    body = json.dumps({"query": query, "variables": variables}, ensure_ascii=False, separators=(",", ":"))
    path = f"/admin/api/{version(target)}/graphql.json"
    return Request("POST", path, body.encode("utf-8"), {"content-type": "application/json"})


def _document(response: Response) -> Mapping[str, Any]:
    try:
        document = response.json()
    except ValueError as error:
        raise AnswerError(str(error)) from error
    if not isinstance(document, dict):
        raise AnswerError("the answer is no object")
    return document


def data_of(response: Response, name: str) -> Any:
    """Return one member of the data of an answer without errors; raises `AnswerError`."""
    document = _document(response)
    data = document.get("data")
    if "errors" in document or not isinstance(data, dict) or data.get(name) is None:
        raise AnswerError(f"no {name} in the answer")
    return data[name]


def is_throttled(response: Response) -> bool:
    """Whether nothing was executed because it cost too much just now; raises `AnswerError` for any other error."""
    document = _document(response)
    if "errors" not in document:
        return False
    codes = {str((error.get("extensions") or {}).get("code", "")) for error in list_of(document["errors"])}
    if codes != {"THROTTLED"}:
        raise AnswerError(f"errors {sorted(codes)}")
    return True


def list_of(value: Any) -> list[Mapping[str, Any]]:
    """Return a list of objects; raises `AnswerError`."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise AnswerError("no list of objects")
    return value


def wait_of(response: Response) -> float:
    """Return how long to wait until the bucket holds another call of this cost."""
    document = _document(response)
    cost = (document.get("extensions") or {}).get("cost") or {}
    status = cost.get("throttleStatus") or {}
    lacking = float(cost.get("requestedQueryCost") or 0) - float(status.get("currentlyAvailable") or 0)
    rate = float(status.get("restoreRate") or 0)
    return lacking / rate if lacking > 0 and rate > 0 else 0.0
