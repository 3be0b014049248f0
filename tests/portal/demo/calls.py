"""Plain HTTP to the sample firm's four systems, each in its own dialect, without our connectors."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

Answer = tuple[int, Any]
SECRETS = {name: f"meridian:the-{name}-secret" for name in ("crm", "psa", "billing", "erp")}
TOKEN_PATHS = {"crm": "/oauth2/token", "billing": "/oauth/token"}


@dataclass
class Caller:
    """`urls` by system; signs in when it is first needed."""

    urls: dict[str, str]
    _proofs: dict[str, dict[str, str]] = field(default_factory=dict)

    def call(
        self, system: str, method: str, path: str, *, body: Any = None, form: Any = None
    ) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        if form is not None:
            content = urllib.parse.urlencode(form).encode()
        return self.raw(system, method, path, content, self.proof(system))

    def raw(
        self, system: str, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> Answer:
        request = urllib.request.Request(
            self.urls[system] + path, data=content, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _read(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, _read(refused.read())

    def proof(self, system: str) -> dict[str, str]:
        if system not in self._proofs:
            self._proofs[system] = self._sign_in(system)
        return self._proofs[system]

    def _sign_in(self, system: str) -> dict[str, str]:
        secret = SECRETS[system]
        if system == "psa":
            return {"Authorization": f"Bearer {secret}"}
        if system == "erp":
            asked = json.dumps({"user": "meridian", "key": secret}).encode()
            _, told = self.raw(system, "POST", "/session", asked, {})
            return {"X-Session": told["session"]["token"]}
        basic = base64.b64encode(secret.encode()).decode()
        _, told = self.raw(
            system,
            "POST",
            TOKEN_PATHS[system],
            b"grant_type=client_credentials",
            {"Authorization": f"Basic {basic}"},
        )
        return {"Authorization": f"Bearer {told['access_token']}"}

    def crm(self, kind: str, query: str = "limit=200") -> list[dict[str, Any]]:
        found, path = [], f"/crm/v3/{kind}?{query}"
        while path:
            status, told = self.call("crm", "GET", path)
            assert status == 200, told
            found += told["records"]
            path = told.get("nextRecordsUrl", "")
        return found

    def psa(self, kind: str, query: str = "") -> list[dict[str, Any]]:
        found, mark = [], ""
        while mark is not None:
            path = f"/api/v2/{kind}?limit=1000{query}&cursor={mark}"
            status, told = self.call("psa", "GET", path)
            assert status == 200, told
            found += told["data"]
            mark = told["meta"]["next_cursor"]
        return found

    def billing(self, kind: str, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        more, after = True, ""
        while more:
            path = f"/v1/{kind}?limit=1000{query}" + (f"&starting_after={after}" if after else "")
            status, told = self.call("billing", "GET", path)
            assert status == 200, told
            found, more = found + told["data"], told["has_more"]
            after = found[-1]["id"] if found else ""
        return found

    def erp(self, kind: str, clause: str = "", top: int = 1000) -> list[dict[str, Any]]:
        """By keyset, as the product pages."""
        found: list[dict[str, Any]] = []
        page: list[dict[str, Any]] = [{}]
        while page:
            clauses = [one for one in (clause, _after(found)) if one]
            query = {"$top": top, **({"$filter": " and ".join(clauses)} if clauses else {})}
            path = f"/api/{kind}?{urllib.parse.urlencode(query)}"
            status, told = self.call("erp", "GET", path)
            assert status == 200, told
            page = told["value"]
            found += page
        return found


def _after(found: list[dict[str, Any]]) -> str:
    if not found:
        return ""
    at, id = found[-1]["modified_at"], found[-1]["id"]
    return f"(modified_at gt {at} or (modified_at eq {at} and id gt '{id}'))"


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode()
