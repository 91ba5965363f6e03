"""Amazon's Listings Items API, version 2021-08-01: one PATCH per SKU that changes its own-fulfilment quantity and nothing else.

An answer says that a change was accepted, not that it was applied, so a row is confirmed only by what `getListingsItem` shows
once the time of processing is over: usually at the next push. It offers no comparison and no idempotency key.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from reverse_etl.amazon_listing import HEADERS, AmazonListing, listing_facts, object_of, path_of, rows_of
from reverse_etl.api import Answer, AnswerError, Answers, Line
from reverse_etl.contract import Target, check_batch
from reverse_etl.wire import Request, Response


class AmazonListingsApi(AmazonListing):
    """See the module."""

    facts = listing_facts(
        "amazon_listings_api",
        rows_per_request=1,
        # 404 says that the seller has no such SKU
        read_statuses=(200, 404),
        deadline_seconds=30.0,
        # accepted changes were seen to take minutes; a quarter of an hour is what sellers report as the long end
        processing_seconds=900.0,
    )

    def group(self, line: Line) -> str:
        """Each row by itself."""
        return line.row_key

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """One change; the key has no place in it."""
        check_batch(self.facts, [line.payload for line in lines])
        (line,) = lines
        body = json.dumps(self.change(line), separators=(",", ":")).encode("utf-8")
        return Request("PATCH", path_of(line, target), body, {**HEADERS, "content-type": "application/json"})

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Accepted with the number of the submission, or refused with the code of its first error."""
        (line,) = lines
        document = object_of(response)
        status, submission = document.get("status"), document.get("submissionId")
        if document.get("sku") != line.payload.channel_sku or not isinstance(submission, str):
            raise AnswerError("the answer names another SKU, or no submission")
        if status == "ACCEPTED":
            return Answers({line.row_key: Answer("accepted", submission)})
        if status == "INVALID":
            codes = [issue.get("code") for issue in rows_of(document, "issues") if issue.get("severity") == "ERROR"]
            return Answers({line.row_key: Answer("refused", f"amazon_{codes[0] if codes else 'invalid'}")})
        raise AnswerError(f"status {status!r} is neither ACCEPTED nor INVALID")
