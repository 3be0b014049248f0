"""The command line, served by the portal that it speaks to: no package registry is needed."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.client.packing import packed


class ClientFile(APIView):
    """`concordat.pyz`; it holds no secret and is everybody's."""

    authentication_classes = []
    permission_classes = [AllowAny]
    schema = None

    def get(self, request: Request) -> HttpResponse:
        """One file for Python 3.11 or newer."""
        content = packed()
        answer = HttpResponse(content, content_type="application/zip")
        answer["ETag"] = f'"{hashlib.sha256(content).hexdigest()}"'
        answer["Content-Disposition"] = 'attachment; filename="concordat.pyz"'
        return answer
