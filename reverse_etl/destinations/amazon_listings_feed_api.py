"""Amazon's Feeds API, version 2021-06-30, with JSON_LISTINGS_FEED documents: many SKUs in one submission.

A document is put at an address that Amazon gives, named by `createFeed`, worked on, and reported on. A feed that is done says
only which messages were refused; what was accepted is applied later, so rows are confirmed by the listings alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from reverse_etl.amazon_listing import HEADERS, AmazonListing, listing_facts, market_of, object_of, rows_of
from reverse_etl.api import Answer, AnswerError, Answers, Line, Place
from reverse_etl.contract import Target, check_batch
from reverse_etl.documents import CONTENT_TYPE
from reverse_etl.wire import Request, Response

_ROOT = "/feeds/2021-06-30"
_POST = {**HEADERS, "content-type": "application/json"}


class AmazonListingsFeedApi(AmazonListing):
    """See the module."""

    facts = listing_facts(
        "amazon_listings_feed_api",
        # 25,000 are allowed; reading a thousand listings first takes as long as five feeds in five minutes allow
        rows_per_request=1000,
        # 201 gives a place for a document, 404 says that the seller has no such SKU
        read_statuses=(200, 201, 404),
        deadline_seconds=60.0,
        processing_seconds=3600.0,
    )

    def group(self, line: Line) -> str:
        """Any rows go together."""
        return ""

    def document(self, lines: Sequence[Line], target: Target) -> bytes:
        """Messages are numbered by row key, the order in which open rows are asked after."""
        check_batch(self.facts, [line.payload for line in lines])
        messages = [
            {"messageId": number, "sku": line.payload.channel_sku, "operationType": "PATCH", **self.change(line)}
            for number, line in _numbered(lines)
        ]
        header = {"sellerId": target.settings.seller_id, "version": "2.0", "issueLocale": "en_US"}
        return json.dumps({"header": header, "messages": messages}, separators=(",", ":")).encode("ascii")

    def place(self, target: Target) -> Request:
        """`createFeedDocument`."""
        return Request("POST", f"{_ROOT}/documents", _bytes({"contentType": CONTENT_TYPE}), _POST)

    def placed(self, response: Response) -> Place:
        """The document's id and its address."""
        document = object_of(response)
        document_id, url = document.get("feedDocumentId"), document.get("url")
        if response.status == 404 or not isinstance(document_id, str) or not isinstance(url, str):
            raise AnswerError("no place for a document in the answer")
        if document.get("compressionAlgorithm") not in (None, "GZIP"):
            raise AnswerError("the report is packed in a way that is not known")
        return Place(document_id, url, document.get("compressionAlgorithm") == "GZIP")

    def write(self, lines: Sequence[Line], target: Target, *, key: str) -> Request:
        """`createFeed`, which names the document."""
        body = {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [market_of(target)], "inputFeedDocumentId": key}
        return Request("POST", f"{_ROOT}/feeds", _bytes(body), _POST)

    def answers(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Accepted under a feed id; nothing else is decided yet."""
        feed = object_of(response).get("feedId")
        if not isinstance(feed, str) or not feed:
            raise AnswerError("no feedId in the answer")
        return Answers({line.row_key: Answer("accepted", feed) for line in lines}, submission_id=feed)

    def poll(self, submission_id: str, target: Target) -> Request:
        """`getFeed`."""
        return Request("GET", f"{_ROOT}/feeds/{quote(submission_id, safe='')}", headers=HEADERS)

    def progress(self, response: Response, lines: Sequence[Line], target: Target) -> Answers:
        """Open while it is queued or worked on; one that ended without a report is read back when nothing can land any more."""
        status = object_of(response).get("processingStatus")
        if status not in ("IN_QUEUE", "IN_PROGRESS", "DONE", "CANCELLED", "FATAL"):
            raise AnswerError(f"processingStatus {status!r} is not known")
        return Answers({}, is_final=status not in ("IN_QUEUE", "IN_PROGRESS"), has_landed=False)

    def report(self, response: Response) -> str | None:
        """The report of a feed that is done, or that failed with one."""
        document = object_of(response)
        found = document.get("resultFeedDocumentId")
        is_over = document.get("processingStatus") in ("DONE", "FATAL")
        return found if is_over and isinstance(found, str) else None

    def report_place(self, document_id: str) -> Request:
        """`getFeedDocument`."""
        return Request("GET", f"{_ROOT}/documents/{quote(document_id, safe='')}", headers=HEADERS)

    def reported(self, content: bytes, lines: Sequence[Line], target: Target) -> Answers:
        """Refused where an error names both the message's number and its SKU; nothing is concluded about all others."""
        report = object_of(Response(200, {"content-type": "application/json"}, content))
        if not isinstance(report.get("summary"), dict) or "issues" not in report:
            raise AnswerError("the report has no summary, or no issues")
        errors: dict[tuple[Any, Any], str] = {}
        for issue in rows_of(report, "issues"):
            if issue.get("severity") == "ERROR":
                errors.setdefault((issue.get("messageId"), issue.get("sku")), str(issue.get("code") or "invalid"))
        rows = {
            line.row_key: Answer("refused", f"amazon_{code}")
            for number, line in _numbered(lines)
            if (code := errors.get((number, line.payload.channel_sku))) is not None
        }
        return Answers(rows, has_landed=False)


def _numbered(lines: Sequence[Line]) -> list[tuple[int, Line]]:
    return list(enumerate(sorted(lines, key=lambda line: line.row_key), start=1))


def _bytes(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("utf-8")
