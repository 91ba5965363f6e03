"""Where an emulated channel gives out its short-lived tokens, and how it checks them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.emulators.clock import VirtualClock
from tests.emulators.front import Answer, Asked

CLIENT, CLIENT_SECRET, REFRESH = "emulated-client", "emulated-client-secret", "emulated-refresh-token"
SECRET = json.dumps({"client_id": CLIENT, "client_secret": CLIENT_SECRET, "refresh_token": REFRESH})
WRONG = json.dumps({"client_id": CLIENT, "client_secret": "another", "refresh_token": REFRESH})


@dataclass
class TokenOffice:
    """`given` are the tokens still good, with the second each ends; `lacks_right`: every token is refused."""

    clock: VirtualClock
    path: str
    client: str = "form"
    lifetime: int = 3600
    given: dict[str, float] = field(default_factory=dict)
    ever_given: list[str] = field(default_factory=list)
    lacks_right: bool = False

    def takes(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path == self.path

    def give(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        pair = f"{form.get('client_id')}:{form.get('client_secret')}"
        if self.client == "basic":
            pair = base64.b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode()
        good = form["grant_type"] == "client_credentials" or form.get("refresh_token") == REFRESH
        if pair != f"{CLIENT}:{CLIENT_SECRET}" or not good:
            return Answer.of({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
        token = f"emulated-token-{len(self.ever_given) + 1}"
        self.ever_given.append(token)
        self.given[token] = self.clock.seconds + self.lifetime
        return Answer.of({"access_token": token, "token_type": "bearer", "expires_in": self.lifetime})

    def is_good(self, token: str) -> bool:
        return not self.lacks_right and self.given.get(token, -1.0) > self.clock.seconds
