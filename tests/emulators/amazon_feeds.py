"""Amazon's Feeds API: documents at addresses that need no key, feeds that are queued, worked on, reported, and applied later."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.emulators.amazon import MARKETPLACE, SELLER, Amazon
from tests.emulators.front import Answer, Asked

_ROOT = "/feeds/2021-06-30"


@dataclass
class AmazonFeeds(Amazon):
    """A feed is done after `working` seconds with `ends`, its changes are there `seconds` after that."""

    working: float = 20.0
    ends: str = "DONE"
    packs: bool = True
    documents: dict[str, bytes] = field(default_factory=dict)
    feeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    strange_issues: list[dict[str, Any]] = field(default_factory=list)

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method == "POST" and path == f"{_ROOT}/feeds"

    def answer(self, asked: Asked) -> Answer:
        where = urlsplit(asked.path)
        if not where.path.startswith("/kept/"):
            return super().answer(asked)
        assert "x-amz-access-token" not in asked.headers, "the key goes to no other address"
        name = where.path.removeprefix("/kept/")
        if where.query != "X-Amz-Signature=emulated" or name not in self.documents:
            return Answer(403, b"<Error>AccessDenied</Error>", {"content-type": "application/xml"})
        if asked.method == "PUT":
            self.documents[name] = asked.body
            return Answer(200, b"", {})
        return Answer(200, self.documents[name], {"content-type": "application/octet-stream"})

    def serve(self, asked: Asked) -> Answer:
        if asked.path == f"{_ROOT}/documents":
            assert asked.json() == {"contentType": "application/json; charset=UTF-8"}
            return Answer.of(self._kept(asked, f"in-{len(self.documents)}", b""), 201)
        if asked.path.startswith(f"{_ROOT}/documents/"):
            name = asked.path.rsplit("/", 1)[1]
            packed = {"compressionAlgorithm": "GZIP"} if self.packs else {}
            return Answer.of({**self._kept(asked, name, self.documents[name]), **packed})
        if asked.path == f"{_ROOT}/feeds":
            return self._create(asked.json())
        if asked.path.startswith(f"{_ROOT}/feeds/"):
            return Answer.of(self.feeds[asked.path.rsplit("/", 1)[1]])
        return super().serve(asked)

    def _kept(self, asked: Asked, name: str, content: bytes) -> dict[str, str]:
        self.documents.setdefault(name, content)
        url = f"http://{asked.headers['host']}/kept/{name}?X-Amz-Signature=emulated"
        return {"feedDocumentId": name, "url": url}

    def _create(self, wanted: dict[str, Any]) -> Answer:
        assert (wanted["feedType"], wanted["marketplaceIds"]) == ("JSON_LISTINGS_FEED", [MARKETPLACE])
        document = json.loads(self.documents[wanted["inputFeedDocumentId"]])
        feed = f"5{len(self.feeds) + 1:010}"
        self.feeds[feed] = {
            "feedId": feed, "feedType": "JSON_LISTINGS_FEED", "createdTime": "2026-11-20T06:00:00Z",
            "processingStatus": "IN_QUEUE",
        }  # fmt: skip
        self.clock.after(self.working / 2, lambda: self.feeds[feed].update(processingStatus="IN_PROGRESS"))
        self.clock.after(self.working, lambda: self._work_off(feed, document))
        return Answer.of({"feedId": feed}, 202)

    def _work_off(self, feed: str, document: dict[str, Any]) -> None:
        self.feeds[feed]["processingStatus"] = self.ends
        if self.ends != "DONE":
            return
        issues = [*self.strange_issues]
        for message in document["messages"]:
            number, sku = message["messageId"], message["sku"]
            if sku in self.invalid or sku not in self.levels:
                code = self.invalid.get(sku, "13013")
                issues.append(
                    {"messageId": number, "sku": sku, "code": code, "severity": "ERROR", "message": "refused"}
                )
            elif sku not in self.ignored:
                quantity = self.distorted.get(sku, message["patches"][0]["value"][0]["quantity"])
                self.clock.after(self.seconds, lambda sku=sku, quantity=quantity: self.apply(sku, quantity))
        header = {"sellerId": SELLER, "version": "2.0", "feedId": feed}
        count, errors = len(document["messages"]), sum(issue["severity"] == "ERROR" for issue in issues)
        summary = {
            "errors": errors, "warnings": 0, "messagesProcessed": count, "messagesAccepted": max(0, count - errors),
            "messagesInvalid": min(count, errors),
        }  # fmt: skip
        report = json.dumps({"header": header, "issues": issues, "summary": summary}).encode()
        self.documents[f"out-{feed}"] = gzip.compress(report) if self.packs else report
        self.feeds[feed]["resultFeedDocumentId"] = f"out-{feed}"
