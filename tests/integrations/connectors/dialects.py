"""Descriptions of the peer's dialects, each differing in a few words from the first."""

from __future__ import annotations

from typing import Any

from integrations.connectors.description import parse_description

B64 = "base64url_json"
OFFSET = {"style": "offset", "param": "offset", "size": ["limit", 100]}
SINCE = {"style": "params", "names": {"ge": "updated_since"}}
DOMAIN = {"style": "domain", "param": "d", "encode": B64}
PAIRS = {"param": "o", "style": "pairs", "encode": B64, "by": "id asc"}
LOOKUP = {"lookup": "reference={reference}"}


def described(
    *, proof: dict[str, Any] | None = None, top: dict[str, Any] | None = None, **words: Any
) -> dict[str, Any]:
    """`words` replace those of the object, `proof` what makes a write safe, `top` the rest."""
    write = {
        "create": "POST /invoices",
        "update": "PUT /invoices/{id}",
        "actions": {"post": {"call": "POST /invoices/{id}/post", "body": "none"}},
        "reference": "reference",
        **(LOOKUP if proof is None else proof),
    }
    invoice = {
        "path": "/invoices",
        "records": "data",
        "sort": {"param": "sort", "by": "id asc"},
        "page": OFFSET,
        "filter": SINCE,
        "incremental": {"mode": "filter", "cursor": "updated_at"},
        "write": write,
        **words,
    }
    return parse_description(
        {"connector": "peer", "timeout": "1s", **(top or {}), "objects": {"invoice": invoice}}
    )


def keyset(cursor: Any, **told: Any) -> dict[str, Any]:
    """The words of paging by (moment, id) over a JSON domain."""
    return {
        "page": {"style": "keyset", "size": ["limit", 100]},
        "filter": DOMAIN,
        "sort": PAIRS,
        "incremental": {"mode": "filter", "cursor": cursor, "tie": "id", **told},
    }
