"""One view serves a page and its fragment; errors follow the same rule."""

from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from portal.accounts.models import User
from portal.web.shell import errors
from portal.web.shell.pages import page


def request_by(person: User, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/search/", headers=headers)
    request.user = person
    request.session = SessionStore()
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def test_a_fragment_brings_the_waiting_messages_beside_it(marta: User) -> None:
    request = request_by(marta, **{"HX-Request": "true"})
    messages.success(request, "Claimed 14 <invoices>")
    html = page(request, "shell/search.html", fragment="shell/_hits.html").content.decode()
    assert ('hx-swap-oob="beforeend"' in html, "14 &lt;invoices&gt;" in html) == (True, True)


def test_a_fragment_without_messages_is_only_itself(marta: User) -> None:
    request = request_by(marta, **{"HX-Request": "true"})
    html = page(request, "shell/search.html", fragment="shell/_hits.html").content.decode()
    assert "toasts" not in html


def test_a_history_restore_gets_the_whole_page(marta: User) -> None:
    request = request_by(marta, **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    html = page(request, "shell/search.html", fragment="shell/_hits.html").content.decode()
    assert "<html" in html


def test_a_refusal_names_the_permission_on_a_page_and_in_a_toast(marta: User) -> None:
    error = PermissionDenied("governance.view_audit")
    whole = errors.forbidden(request_by(marta), error)
    part = errors.forbidden(request_by(marta, **{"HX-Request": "true"}), error)
    assert (whole.status_code, part.status_code) == (403, 403)
    assert b"<code>governance.view_audit</code>" in whole.content
    assert b"it needs governance.view_audit." in part.content


def test_an_old_form_says_that_nothing_was_changed(marta: User) -> None:
    whole = errors.form_expired(request_by(marta), "CSRF token incorrect.")
    part = errors.form_expired(request_by(marta, **{"HX-Request": "true"}))
    assert (whole.status_code, b"too old to be sent" in whole.content) == (403, True)
    assert (part.status_code, b"nothing was changed" in part.content) == (403, True)


def test_a_broken_fragment_is_a_toast_and_not_a_page(marta: User) -> None:
    part = errors.broken(request_by(marta, **{"HX-Request": "true"}))
    assert (part.status_code, b"<html" in part.content, b"data-toast" in part.content) == (
        500,
        False,
        True,
    )
