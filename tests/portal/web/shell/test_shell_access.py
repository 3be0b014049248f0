"""Who gets in, and what they read when they do not."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from portal.accounts.models import User
from portal.web.shell.access import SignedIn, requires, signed_in, zone_of


@signed_in
def zone(request: SignedIn) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())


@requires("governance.view_audit")
def secret(request: SignedIn) -> HttpResponse:
    return HttpResponse("secret")


def request_by(person: User) -> SignedIn:
    request = RequestFactory().get("/")
    request.user = person
    return request  # type: ignore[return-value]


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client, db: None) -> None:
    answer = client.get("/search/?q=inv")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/accounts/login/?next=/search/%3Fq%3Dinv",
    )


def test_htmx_is_told_to_leave_the_page_instead_of_swapping_in_a_sign_in_form(
    client: Client, db: None
) -> None:
    answer = client.get(
        "/search/?q=inv",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/changes/?state=open"},
    )
    assert (answer.status_code, answer["HX-Redirect"], answer.content) == (
        200,
        "/accounts/login/?next=/changes/%3Fstate%3Dopen",
        b"",
    )


def test_inside_a_view_times_are_in_the_persons_zone(marta: User) -> None:
    answer = zone(request_by(marta))
    assert isinstance(answer, HttpResponse)
    assert answer.content == b"Europe/Berlin"


def test_a_time_zone_that_means_nothing_is_utc(marta: User) -> None:
    marta.time_zone = "Mars/Olympus"
    assert zone_of(marta).key == "UTC"


def test_a_missing_permission_is_refused_by_its_name(marta: User) -> None:
    with pytest.raises(PermissionDenied, match=r"governance\.view_audit"):
        secret(request_by(marta))


def test_nothing_at_an_address_says_so_with_a_way_out(her: Client) -> None:
    answer = her.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


def test_to_htmx_a_missing_thing_is_a_message_and_not_a_page(her: Client) -> None:
    answer = her.get("/nowhere/", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert ("<html" in answer.text, 'data-toast="error"' in answer.text) == (False, True)
