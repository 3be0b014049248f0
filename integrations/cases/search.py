"""The queue's search box: `system:erp class:mapping amount>10k age>2d acme` as conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import Q

from governance.agreements.transforms import CURRENCY_DIGITS
from integrations.errors import Refused

SCALE = {"": 1, "k": 1_000, "m": 1_000_000}
UNITS = {"d": "days", "h": "hours", "m": "minutes", "w": "weeks"}
NOTHING = "-"
"""`customer:-` finds what names no customer."""
TEXTS = ("title", "business_key", "message__key")

_PARTS = re.compile(r'[a-z]+:"[^"]*"|\S+', re.IGNORECASE)
_TOKEN = re.compile(r"^(?P<name>[a-z]+)(?P<sign>[:<>])(?P<value>.+)$", re.IGNORECASE)
_AMOUNT = re.compile(r"^(?P<number>\d+(?:\.\d+)?)(?P<scale>[km]?)$", re.IGNORECASE)
_AGE = re.compile(r"^(?P<number>\d{1,5})(?P<unit>[dhmw])$", re.IGNORECASE)
WORDS = {
    "system": "system__iexact",
    "class": "klass__iexact",
    "state": "state__iexact",
    "flow": "flow__slug__iexact",
    "domain": "domain__slug__iexact",
    "currency": "currency__iexact",
    "problem": "fingerprint__iexact",
    "key": "message__key__iexact",
    "customer": "customer__iexact",
    "project": "project__iexact",
    "region": "region__iexact",
    "owner": "claimed_by__username__iexact",
}


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked: conditions, and the words that stand in title, business key or record."""

    where: Q
    words: tuple[str, ...]


def parse(text: str, *, now: datetime) -> Search:
    """Raises Refused, with what to write instead, for a token that nobody can read."""
    where, words = Q(), []
    for token in _PARTS.findall(text):
        found = _TOKEN.match(token)
        if found is None or not _known(found["name"]):
            words.append(token)
            where &= _any_text(token)
            continue
        where &= _condition(found["name"].lower(), found["sign"], found["value"].strip('"'), now)
    return Search(where, tuple(words))


def _known(name: str) -> bool:
    return name.lower() in WORDS or name.lower() in {"amount", "age"}


def _any_text(word: str) -> Q:
    where = Q()
    for name in TEXTS:
        where |= Q(**{f"{name}__icontains": word})
    return where


def _condition(name: str, sign: str, value: str, now: datetime) -> Q:
    if name == "amount":
        return _amount(sign, value)
    if name == "age":
        return _age(sign, value, now)
    if sign != ":":
        raise Refused(f"write {name}:{value}; only amount and age take < and >")
    return Q(**{WORDS[name]: "" if value == NOTHING else value})


def _amount(sign: str, value: str) -> Q:
    """Whole currency units, whatever the currency; the sign of the money does not matter."""
    found = _AMOUNT.match(value)
    if found is None or sign == ":":
        raise Refused(f"amount{sign}{value} is not readable; write amount>10k or amount<250")
    try:
        units = Decimal(found["number"]) * SCALE[found["scale"].lower()]
    except InvalidOperation as error:
        raise Refused(f"{value!r} is no amount") from error
    lookup = "priority__lt" if sign == ">" else "priority__gt"
    where = ~Q(currency__in=CURRENCY_DIGITS) & Q(**{lookup: -int(units * 100)})
    for currency, digits in CURRENCY_DIGITS.items():
        where |= Q(currency=currency) & Q(**{lookup: -int(units * 10**digits)})
    return where & ~Q(amount_minor=None)


def _age(sign: str, value: str, now: datetime) -> Q:
    found = _AGE.match(value)
    if found is None or sign == ":":
        raise Refused(f"age{sign}{value} is not readable; write age>2d, age>4h or age<30m")
    moment = now - timedelta(**{UNITS[found["unit"].lower()]: int(found["number"])})
    return Q(opened_at__lt=moment) if sign == ">" else Q(opened_at__gt=moment)
