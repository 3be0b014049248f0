"""One call to the portal: token, JSON, problems as sentences. Standard library only."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from portal.client.exits import Exit, Stop

TIMEOUT = 60.0
LATER = {429, 502, 503, 504}


@dataclass(frozen=True)
class Answer:
    """`status`, the body's bytes, and the digest in its ETag."""

    status: int
    content: bytes
    etag: str

    def json(self) -> Any:
        return json.loads(self.content)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token goes to the portal that was named, and nowhere else."""

    def redirect_request(self, *given: Any, **more: Any) -> None:
        return None


@dataclass(frozen=True)
class Portal:
    """Where it is and who calls."""

    url: str
    token: str

    def get(self, *parts: str, etag: str = "", **query: str) -> Answer:
        """304 is an answer; any other refusal ends the command."""
        asked = f"?{urlencode(query)}" if query else ""
        headers = {"If-None-Match": f'"{etag}"'} if etag else {}
        return self._call("GET", _path(parts) + asked, headers)

    def post(self, *parts: str, body: Any, **headers: str) -> Answer:
        """JSON in, JSON out."""
        sent = json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._call("POST", _path(parts), {"Content-Type": "application/json", **named}, sent)

    def _call(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> Answer:
        if not self.url.startswith(("http://", "https://")):
            raise Stop(Exit.REFUSED, f"{self.url!r} is no http(s) address")
        request = urllib.request.Request(  # noqa: S310  its scheme is checked above
            self.url.rstrip("/") + path, data=body, method=method, headers=headers
        )
        request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        opener = urllib.request.build_opener(NoRedirects)
        try:
            with opener.open(request, timeout=TIMEOUT) as told:
                return Answer(told.status, told.read(), told.headers.get("ETag", "").strip('"'))
        except urllib.error.HTTPError as error:
            return _refused(error)
        except OSError as error:
            raise Stop(Exit.UNREACHABLE, f"{self.url} does not answer: {error}") from error


def _path(parts: tuple[str, ...]) -> str:
    return "/api/v1/" + "/".join(quote(part, safe="") for part in parts)


def _refused(error: urllib.error.HTTPError) -> Answer:
    with error:
        content = error.read()
    if error.code == 304:
        return Answer(304, b"", "")
    try:
        told = json.loads(content)
        place = "".join(f" at {told[name]}" for name in ("pointer",) if told.get(name))
        fields = "".join(
            f"; {name}: {' '.join(said)}" for name, said in told.get("fields", {}).items()
        )
        sentence = f"{told['detail']}{place}{fields} ({told['code']})"
    except (ValueError, KeyError, TypeError, AttributeError):
        sentence = f"answered {error.code} {error.reason}"
    raise Stop(Exit.UNREACHABLE if error.code in LATER else Exit.REFUSED, sentence)
