"""Eighty consultants: who works where, in which role; and what a role costs an hour."""

from __future__ import annotations

from datetime import date

from portal.demo.firm.customers import UNITS
from portal.demo.firm.parties import Person, Rates

ROLES = ("partner", "senior_manager", "manager", "consultant", "analyst")
BASE: Rates = {
    "partner": 31_000,
    "senior_manager": 19_000,
    "manager": 15_600,
    "consultant": 11_200,
    "analyst": 8_400,
}
"""Cents an hour of version 1, before the factor of a currency."""
_SHARES = (
    "partner",
    *("senior_manager",) * 3,
    *("manager",) * 4,
    *("consultant",) * 8,
    *("analyst",) * 4,
)
_OFFICES = (("MC-GB", "GB", 30), ("MC-DE", "DE", 32), ("MC-US", "US", 18))
_NAMES = """
Sophie Brandt|Priya Nair|Daniel Osei|Elin Sandvik|Matteo Ricci
Chiara Fontana|Hugo Marchand|Ines Carvalho|Lukas Weber|Nora Lind
Oisin Kelly|Paula Nowak|Ravi Menon|Sanne de Wit|Tara Whelan
Umar Farooq|Vera Pospisil|Wim Jacobs|Yara Haddad|Zoe Martin
Alban Keller|Beatriz Lopes|Callum Frazer|Dagmar Holm|Emeka Obi
Freya Lindgren|Gareth Pugh|Hanna Virtanen|Idris Bello|Jana Kralova
Katrin Aigner|Liam Doherty|Mira Solanki|Niels Bakker|Oana Petrescu
Pascal Dubois|Quentin Marsh|Rosa Marini|Stefan Huber|Tilde Berg
Ulrike Sommer|Viktor Novak|Wanda Zielinska|Xavier Roche|Yusuf Demir
Zita Horvath|Aaron Blake|Bella Chung|Carlos Medina|Dana Whitaker
Evan Prescott|Fiona Gallagher|Grant Hollis|Heather Quinn|Isaac Romero
Joanna Stokes|Keith Landry|Leah Abrams|Marcus Dunn|Nina Castillo
Oliver Trent|Petra Lang|Rafael Duarte|Sigrid Moen|Tobias Frank
Una Byrne|Vasil Dimitrov|Willa Hastings|Ximena Ortiz|Yvonne Adler
Zachary Cole|Amelie Fournier|Bjarne Dahl|Clara Neumann|Dominic Shaw
Esther Mbeki|Florian Graf|Greta Olsen|Henrik Vik|Ilse Martens
"""


def people() -> list[Person]:
    """P-01 is the first partner; a role's share is the same in every office."""
    names = [name for row in _NAMES.strip().splitlines() for name in row.split("|")]
    found: list[Person] = []
    for entity, country, count in _OFFICES:
        for place in range(count):
            number = len(found)
            found.append(
                Person(
                    id=f"P-{number + 1:02}",
                    name=names[number],
                    role=_SHARES[place % len(_SHARES)],
                    entity=entity,
                    unit=UNITS[place % len(UNITS)],
                    country=country,
                    since=date(2018 + number % 7, 1 + number % 12, 1),
                )
            )
    return found


def raised(rates: Rates, *, per_mille: int) -> Rates:
    """Higher by so much, in steps of 40 cents, so that a quarter of an hour stays exact."""
    return {role: (rate * (1000 + per_mille) // 40_000) * 40 for role, rate in rates.items()}
