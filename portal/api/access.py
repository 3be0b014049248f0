"""The caller's own identity and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import clock
from portal.access import tokens
from portal.accounts.models import ApiToken
from portal.api.auth import caller
from portal.api.filters import parameters, period, search, word
from portal.api.paging import paged

FILTERS = (word("prefix"), *period("created_at"), search("name"))


class SessionOnly:
    """A token must not make tokens: `allow` names a scope that no token can hold."""

    allow = {"GET": ("session", ""), "POST": ("session", ""), "DELETE": ("session", "")}


class TokenInput(serializers.Serializer[ApiToken]):
    """What a new token may be used for."""

    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(child=serializers.CharField(), min_length=1)
    domains = serializers.ListField(child=serializers.SlugField(), default=list)
    expires_at = serializers.DateTimeField()


class TokenOutput(serializers.ModelSerializer[ApiToken]):
    """A token without its secret."""

    class Meta:
        model = ApiToken
        fields = (
            "id",
            "name",
            "prefix",
            "scopes",
            "domains",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        )


class NewToken(TokenOutput):
    """The one answer that holds the secret."""

    token = serializers.CharField()

    class Meta(TokenOutput.Meta):
        fields = (*TokenOutput.Meta.fields, "token")  # type: ignore[assignment]


class Tokens(SessionOnly, APIView):
    """The signed-in person's tokens."""

    @extend_schema(
        operation_id="list_tokens", parameters=parameters(FILTERS), responses=TokenOutput(many=True)
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        rows = ApiToken.objects.filter(user=request.user.pk)
        return paged(request, rows, _shown, filters=FILTERS)

    @extend_schema(operation_id="create_token", request=TokenInput, responses={201: NewToken})
    def post(self, request: Request) -> Response:
        """The secret stands in `token`, now and never again."""
        form = TokenInput(data=request.data)
        form.is_valid(raise_exception=True)
        given: dict[str, Any] = form.validated_data
        expires: datetime = given["expires_at"]
        row, text = tokens.create(
            by=caller(request),
            name=given["name"],
            scopes=given["scopes"],
            domains=given["domains"],
            expires_at=expires,
            now=clock.now(),
        )
        return Response({**_shown(row), "token": text}, status=201)


class TokenDetail(SessionOnly, APIView):
    """One token of the signed-in person."""

    @extend_schema(operation_id="revoke_token", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Refused from the next request on."""
        token = ApiToken.objects.filter(pk=pk, user=request.user.pk).first()
        if token is None:
            raise Http404
        tokens.revoke(token=token, by=caller(request), now=clock.now())
        return Response(status=204)


def _shown(row: ApiToken) -> dict[str, Any]:
    return dict(TokenOutput(row).data)


class Me(APIView):
    """Who the caller is."""

    allow = {"GET": ("", "")}

    @extend_schema(operation_id="who_am_i", responses=dict)
    def get(self, request: Request) -> Response:
        """Username, name, and the token's scopes when one was sent."""
        held = request.auth if isinstance(request.auth, ApiToken) else None
        return Response(
            {
                "username": request.user.get_username(),
                "name": caller(request).label,
                "scopes": held.scopes if held else None,
                "domains": held.domains if held else None,
            }
        )
