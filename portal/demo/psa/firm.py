"""Meridian Consulting, invented: its clients, projects, people and rates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    id: str
    name: str
    email: str
    country: str
    currency: str
    status: str = "active"


@dataclass(frozen=True)
class Project:
    id: str
    name: str
    client: str


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    role: str


CLIENTS = (
    Client("CL-101", "Brightwater Insurance UK", "ap@brightwater.example", "GB", "GBP"),
    Client("CL-102", "Halden Rail", "faktura@haldenrail.example", "NO", "EUR"),
    Client("CL-103", "Castellan Bank", "invoices@castellan.example", "NL", "EUR"),
    Client("CL-104", "Pinecrest Health", "payables@pinecrest.example", "US", "USD"),
    Client("CL-105", "Ostermann Logistik", "rechnung@ostermann.example", "DE", "EUR"),
    Client("CL-106", "Norddeutsche Wasserwerke", "rechnung@nww.example", "DE", "EUR"),
    Client("CL-107", "Tamar Energy", "finance@tamar.example", "GB", "GBP"),
    Client("CL-108", "Lindqvist Shipping", "ekonomi@lindqvist.example", "SE", "EUR"),
    Client("CL-109", "Ferrous & Pike", "ap@ferrouspike.example", "US", "USD"),
    Client("CL-110", "Corvane Foods", "facturation@corvane.example", "FR", "EUR"),
    Client("CL-111", "Atlas Geotechnics", "accounts@atlasgeo.example", "IE", "EUR"),
    Client("CL-112", "Veldkamp Retail", "inkoop@veldkamp.example", "NL", "EUR", "prospect"),
)
"""The last one is a prospect: the customer flow leaves it out."""

PROSPECT = CLIENTS[-1].id

PROJECTS = (
    Project("PRJ-1902", "Solvency reporting", "CL-101"),
    Project("PRJ-1917", "Claims target model", "CL-101"),
    Project("PRJ-2041", "Timetable platform", "CL-102"),
    Project("PRJ-1955", "Payments resilience", "CL-103"),
    Project("PRJ-1961", "Branch data quality", "CL-103"),
    Project("PRJ-1970", "Clinical scheduling", "CL-104"),
    Project("PRJ-1988", "Warehouse redesign", "CL-105"),
    Project("PRJ-1993", "Tariff calculation", "CL-106"),
    Project("PRJ-2002", "Grid connection office", "CL-107"),
    Project("PRJ-2010", "Fleet cost review", "CL-108"),
    Project("PRJ-2018", "Plant maintenance", "CL-109"),
    Project("PRJ-2023", "Recipe master data", "CL-110"),
    Project("PRJ-2030", "Ground model archive", "CL-111"),
    Project("PRJ-2036", "Survey planning", "CL-111"),
    Project("PRJ-2050", "Store opening pilot", "CL-112"),
)

RATES = {
    "Partner": "310.00",
    "Senior manager": "190.00",
    "Manager": "155.00",
    "Consultant": "112.50",
    "Analyst": "84.25",
}

SERVICES = ("advisory", "implementation", "data", "support")

PEOPLE = tuple(
    Person(f"P-{number:02}", name, role)
    for number, (name, role) in enumerate(
        (
            ("Sophie Brandt", "Partner"),
            ("Priya Nair", "Senior manager"),
            ("Daniel Osei", "Senior manager"),
            ("Elin Sandvik", "Manager"),
            ("Matteo Ricci", "Manager"),
            ("Chiara Fontana", "Manager"),
            ("Hugo Marchand", "Consultant"),
            ("Ines Carvalho", "Consultant"),
            ("Lukas Weber", "Consultant"),
            ("Nora Lind", "Consultant"),
            ("Oisin Kelly", "Consultant"),
            ("Paula Nowak", "Consultant"),
            ("Ravi Menon", "Consultant"),
            ("Sanne de Wit", "Consultant"),
            ("Tara Whelan", "Analyst"),
            ("Umar Farooq", "Analyst"),
            ("Vera Pospisil", "Analyst"),
            ("Wim Jacobs", "Analyst"),
            ("Yara Haddad", "Analyst"),
            ("Zoe Martin", "Analyst"),
        ),
        start=1,
    )
)
