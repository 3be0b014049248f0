"""Webhooks of connected systems: `POST /hooks/CONNECTION`, signed over the raw body."""

from __future__ import annotations

from dataclasses import asdict

import structlog
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import clock
from integrations.connectors.webhooks import MAX_BODY, WebhookRefused
from integrations.sync.webhooks import UnknownConnection, hear
from portal.api.errors import answer
from portal.api.parsing import TooLarge

log = structlog.get_logger(__name__)


class Hook(APIView):
    """Public: the signature is the authority. 202 for news, 200 for what was heard before."""

    authentication_classes = []
    permission_classes = [AllowAny]
    schema = None

    def post(self, request: Request, connection: str) -> Response:
        """What it set off."""
        body = request.stream.read(MAX_BODY + 1) if request.stream else b""
        if len(body) > MAX_BODY:
            raise TooLarge(f"a webhook may have {MAX_BODY} bytes")
        try:
            heard = hear(connection=connection, headers=request.headers, body=body, now=clock.now())
        except UnknownConnection as error:
            return answer(404, error.code, str(error))
        except WebhookRefused as error:
            log.warning("webhook refused", connection=connection, why=str(error))
            return answer(401, error.code, str(error))
        return Response(asdict(heard), status=202 if heard.runs else 200)
