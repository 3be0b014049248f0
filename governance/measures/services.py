"""Writing the columns of measures, loss tables and FX rates from their documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from governance.errors import InvalidDocument
from governance.measures.documents import MeasureDocument
from governance.measures.models import FxSource, LossTable, Measure
from governance.measures.money import FxSourceDocument, LossTableDocument
from governance.ownership.calendar_services import day
from governance.ownership.services import write_words


def write_measure(row: Measure, document: MeasureDocument) -> None:
    """Save the row; buckets rise and the objective's share is a percentage."""
    if sorted(set(document.buckets)) != document.buckets:
        raise InvalidDocument("buckets rise and stand once each", pointer="/buckets")
    if Decimal(document.objective.share) > 100:
        raise InvalidDocument("a share is at most 100 percent", pointer="/objective/share")
    row.metric = document.metric
    write_words(row, document)


def write_loss_table(row: LossTable, document: LossTableDocument) -> None:
    """Save the row; probabilities lie between 0 and 1."""
    for number, one in enumerate(document.rows):
        if Decimal(one.probability) > 1:
            raise InvalidDocument(
                f"{one.probability} is no probability; give 0 to 1",
                pointer=f"/rows/{number}/probability",
            )
    write_words(row, document)


def write_fx_source(row: FxSource, document: FxSourceDocument) -> None:
    """Save the row; the rates of a currency are above zero and rise by day, the base has none."""
    newest: dict[str, date] = {}
    for number, one in enumerate(document.rates):
        place = f"/rates/{number}"
        on = day(one.on, pointer=f"{place}/on")
        if one.currency == document.base:
            raise InvalidDocument(f"{one.currency} is the base itself", pointer=f"{place}/currency")
        if not Decimal(one.rate):
            raise InvalidDocument("a rate is above zero", pointer=f"{place}/rate")
        if one.currency in newest and on <= newest[one.currency]:
            raise InvalidDocument(
                f"{one.currency} has a rate from {newest[one.currency]} already; rates of a "
                "currency stand in the order of their days",
                pointer=f"{place}/on",
            )
        newest[one.currency] = on
    write_words(row, document)
