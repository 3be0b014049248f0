"""Fill a new ERP database with a services firm, inside the ERP's own environment.

Usage: seed_erp.py CONFIG DATABASE PASSWORD FACTS_FILE

The amounts are the same on every build: half-hour steps at whole rates, so that hours x rate x tax
is exact to the cent line by line.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from proteus import Model, config  # type: ignore[import-not-found]
from trytond.modules.account.tests.tools import (  # type: ignore[import-not-found]
    create_chart,
    create_tax,
    get_accounts,
)
from trytond.modules.account_invoice.tests.tools import (  # type: ignore[import-not-found]
    create_payment_term,
    set_fiscalyear_invoice_sequences,
)
from trytond.modules.company.tests.tools import (  # type: ignore[import-not-found]
    create_company,
    get_company,
)

CUSTOMERS = 50
EMPLOYEES = 20
LINES = 2000
TASKS = ("Assessment", "Delivery")
ROLES = (("Analyst", 140), ("Engineer", 190), ("Principal", 240))
TRADES = ("Freight", "Clinics", "Utilities", "Press", "Insurance")
CITIES = ("Portland", "Denver", "Raleigh")
TODAY = dt.datetime.now(dt.UTC).date()


def company_with_books() -> tuple[Any, dict[str, Any]]:
    dollar = Model.get("currency.currency")(
        name="US Dollar", symbol="$", code="USD", rounding=Decimal("0.01"), digits=2
    )
    dollar.rates.new(rate=Decimal(1), date=dt.date(2020, 1, 1))
    dollar.save()
    owner = Model.get("party.party")(name="Harbour & Vale Advisory")
    owner.save()
    create_company(party=owner, currency=dollar)
    company = get_company()
    create_chart(company)
    for year in (TODAY.year - 1, TODAY.year, TODAY.year + 1):
        open_year(company, year)
    return company, get_accounts(company)


def open_year(company: Any, year: int) -> None:
    kinds = Model.get("ir.sequence.type").find([("name", "=", "Account Move")])
    numbers = Model.get("ir.sequence.strict")(
        name=f"Moves {year}", sequence_type=kinds[0], company=company
    )
    numbers.save()
    fiscal = Model.get("account.fiscalyear")(
        name=str(year),
        company=company,
        start_date=dt.date(year, 1, 1),
        end_date=dt.date(year, 12, 31),
        move_sequence=numbers,
    )
    fiscal = set_fiscalyear_invoice_sequences(fiscal)
    fiscal.save()
    fiscal.click("create_period")


def payment_method(accounts: dict[str, Any]) -> Any:
    journals = Model.get("account.journal").find([("type", "=", "cash")])
    method = Model.get("account.invoice.payment.method")(
        name="Card clearing",
        journal=journals[0],
        credit_account=accounts["cash"],
        debit_account=accounts["cash"],
    )
    method.save()
    return method


def rate_card(accounts: dict[str, Any]) -> list[Any]:
    tax = create_tax(Decimal("0.10"))
    tax.save()
    category = Model.get("product.category")(
        name="Services", accounting=True, account_revenue=accounts["revenue"]
    )
    category.customer_taxes.append(Model.get("account.tax")(tax.id))
    category.save()
    hours = Model.get("product.uom").find([("name", "=", "Hour")])
    roles = []
    for name, rate in ROLES:
        template = Model.get("product.template")(
            name=name,
            type="service",
            default_uom=hours[0],
            list_price=Decimal(rate),
            account_category=category,
        )
        template.save()
        roles.append(template.products[0])
    return roles


def customer(number: int, term: Any) -> Any:
    party = Model.get("party.party")(
        name=f"{TRADES[number % len(TRADES)]} client {number:03}", customer_payment_term=term
    )
    address = party.addresses[0] if party.addresses else party.addresses.new()
    address.street = f"{number} Quay Road"
    address.city = CITIES[number % len(CITIES)]
    address.postal_code = f"{20000 + number}"
    party.contact_mechanisms.new(type="email", value=f"payables{number:03}@client.example")
    party.save()
    return party


def employee(number: int, company: Any) -> Any:
    party = Model.get("party.party")(name=f"Colleague {number:02}")
    party.save()
    row = Model.get("company.employee")(party=party, company=company)
    row.save()
    return row


def project(number: int, party: Any, company: Any, roles: list[Any]) -> list[Any]:
    """One project with its tasks, billed by time; answers the tasks."""
    work = Model.get("project.work")(
        name=f"ENG-{number:03}",
        type="project",
        party=party,
        company=company,
        product=roles[number % len(roles)],
        project_invoice_method="timesheet",
        timesheet_available=True,
    )
    for shift, name in enumerate(TASKS):
        work.children.append(
            Model.get("project.work")(
                name=name,
                type="task",
                company=company,
                product=roles[(number + shift) % len(roles)],
                timesheet_available=True,
            )
        )
    work.save()
    return list(work.children)


def time_sheets(tasks: list[Any], colleagues: list[Any], company: Any) -> None:
    """In bulk: hundreds of lines a second, against eight saved one by one."""
    dice = random.Random(20)
    lines = [
        {
            "date": TODAY - dt.timedelta(days=dice.randint(5, 45)),
            "employee": colleagues[n % len(colleagues)].id,
            "company": company.id,
            "work": tasks[n % len(tasks)].timesheet_works[0].id,
            "duration": dt.timedelta(minutes=30 * dice.randint(1, 16)),
            "description": f"Entry {n:04}",
        }
        for n in range(LINES)
    ]
    sheet = Model.get("timesheet.line")
    for start in range(0, LINES, 500):
        sheet._proxy.create(lines[start : start + 500], config.get_config().context)


def integration_key(company: Any) -> str:
    user = Model.get("res.user").find([("login", "=", "admin")])[0]
    if company.id not in [known.id for known in user.companies]:
        user.companies.append(Model.get("company.company")(company.id))
    user.company = company
    user.save()
    application = Model.get("res.user.application")(user=user, application="rest")
    application.save()
    application.reload()
    if application.state == "requested":
        application.click("validate_")
    return str(application.key)


def main() -> None:
    conf, database, password, facts = sys.argv[1:5]
    config.set_trytond(database, config_file=conf)
    company, accounts = company_with_books()
    method = payment_method(accounts)
    roles = rate_card(accounts)
    term = create_payment_term()
    term.save()
    clients = [customer(n + 1, term) for n in range(CUSTOMERS)]
    colleagues = [employee(n + 1, company) for n in range(EMPLOYEES)]
    tasks = [t for n, c in enumerate(clients) for t in project(n + 1, c, company, roles)]
    time_sheets(tasks, colleagues, company)
    written = {
        "rest_key": integration_key(company),
        "login": "admin",
        "password": password,
        "company": company.id,
        "payment_method": method.id,
        "customers": CUSTOMERS,
        "employees": EMPLOYEES,
        "projects": CUSTOMERS,
        "tasks": len(tasks),
        "lines": LINES,
    }
    Path(facts).write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
