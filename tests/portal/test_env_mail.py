"""How e-mail leaves is told by variables, and a wrong one stops the start."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.parametrize(
    ("url", "kind"), [("", "console"), ("console", "console"), ("file", "filebased")]
)
def test_without_a_server_mail_stays_in_the_house(url, kind):
    assert env.mail(url).backend == f"django.core.mail.backends.{kind}.EmailBackend"


@pytest.mark.parametrize(
    ("url", "held"),
    [
        (
            "smtp://ada:p%40ss@mail.example:2525",
            env.Mail(SMTP, "mail.example", 2525, "ada", "p@ss", starttls=True),
        ),
        ("smtp://mail.example", env.Mail(SMTP, "mail.example", 587, starttls=True)),
        ("smtps://mail.example", env.Mail(SMTP, "mail.example", 465, tls=True)),
        ("smtp+plain://relay", env.Mail(SMTP, "relay", 25)),
    ],
)
def test_a_server_is_told_by_one_address(url, held):
    assert env.mail(url) == held


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "smpt://mail.example",
        "smtp://",
        "smtp://mail.example/inbox",
        "smtp://mail.example:many",
        "smtp://mail.example:99999",
        "smtp+plain://ada:pw@relay",
    ],
)
def test_a_wrong_address_stops_the_start_and_says_what_to_write(url):
    with pytest.raises(ImproperlyConfigured, match=r"CONCORDAT_EMAIL.*smtp"):
        env.mail(url)


def test_a_sender_is_needed_once_mail_leaves_the_house():
    assert env.mail_from("", sends=False) == "concordat@localhost"
    assert env.mail_from("a@firm.example", sends=True) == "a@firm.example"
    for address in ("", "nobody", "a@b\nBcc: c@d.example"):
        with pytest.raises(ImproperlyConfigured, match="CONCORDAT_EMAIL_FROM"):
            env.mail_from(address, sends=True)


def test_links_begin_with_the_address_of_the_portal():
    assert env.own_address("", port=8000) == "http://127.0.0.1:8000"
    assert env.own_address("https://concordat.example/x/", port=1) == "https://concordat.example/x"
    for url in ("concordat.example", "ftp://x.example", "https://x.example/?a=1"):
        with pytest.raises(ImproperlyConfigured, match="CONCORDAT_URL"):
            env.own_address(url, port=1)
