"""Who calls, and whether the route lets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission

from governance import clock
from portal.access import tokens
from portal.accounts.models import ApiToken

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from portal.accounts.models import User

REALM = 'Bearer realm="concordat"'


def caller(request: Request) -> User:
    """The signed-in person; `ScopeRequired` has seen to it that there is one."""
    return cast("User", request.user)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer cdt_…`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's person, or None when no bearer token was sent."""
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = tokens.recognise(text.strip(), now=clock.now())
        if token is None:
            raise AuthenticationFailed("this token is unknown, expired or revoked")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return REALM


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes a token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """A bearer token; each operation's scope is told by the refusal that lacks it."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "cdt_…",
            "description": "Make one under Settings; its secret is shown once.",
        }


class ScopeRequired(BasePermission):
    """A view says `allow = {"GET": (scope, permission), …}`; a method without a row is refused.

    A permission of "" asks for a signed-in person only, a scope of "" for any token. Sessions have
    every scope.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True, or the refusal that names what is missing."""
        if not request.user.is_authenticated:
            raise NotAuthenticated("sign in or send a token")
        scope, permission = self._needs(request, view)
        if scope and isinstance(request.auth, ApiToken) and scope not in request.auth.scopes:
            raise PermissionDenied(f"this token lacks the scope {scope}")
        if permission and not request.user.has_perm(permission):
            raise PermissionDenied(f"no role of yours has the permission {permission}")
        return True

    @staticmethod
    def _needs(request: Request, view: Any) -> tuple[str, str]:
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else str(request.method)
        try:
            scope, permission = view.allow[method]
        except KeyError:
            raise PermissionDenied(f"{method} is not allowed here") from None
        return str(scope), permission
