"""Meridian Consulting's companies, regions, clients and exchange rates, all invented."""

from __future__ import annotations

from portal.demo.firm.parties import Customer, Entity

ENTITIES = {
    one.code: one
    for one in (
        Entity("MC-GB", "Meridian Consulting Ltd", "GB", "GBP"),
        Entity("MC-DE", "Meridian Consulting GmbH", "DE", "EUR"),
        Entity("MC-US", "Meridian Consulting Inc", "US", "USD"),
    )
}


REGIONS = {"UKI": "MC-GB", "DACH": "MC-DE", "NORDICS": "MC-DE", "NA": "MC-US"}


UNITS = ("Advisory", "Technology", "Operations")


OWNERS = {
    "UKI": "Imogen Clarke",
    "DACH": "Anneke Vogt",
    "NORDICS": "Mikael Aho",
    "NA": "Theresa Boyd",
}


_ROWS = """
CL-101|Brightwater Insurance UK|Brightwater|GB|UKI|1 Harbour Row, Bristol
CL-102|Halden Rail|Halden Rail|NO|NORDICS|Storgata 14, Halden
CL-103|Castellan Bank|Castellan|NL|NORDICS|Keizersgracht 402, Amsterdam
CL-104|Pinecrest Health|Pinecrest|US|NA|2200 Lakeview Avenue, Madison
CL-105|Ostermann Logistik|Ostermann|DE|DACH|Hafenstrasse 9, Bremen
CL-106|Norddeutsche Wasserwerke|NWW|DE|DACH|Am Wasserturm 3, Kiel
CL-107|Tamar Energy|Tamar|GB|UKI|Quay House, Plymouth
CL-108|Lindqvist Shipping|Lindqvist|SE|NORDICS|Skeppsbron 22, Gothenburg
CL-109|Ferrous & Pike|Ferrous & Pike|US|NA|118 Foundry Street, Pittsburgh
CL-110|Corvane Foods|Corvane|FR|DACH|12 quai Ouest, Strasbourg
CL-111|Atlas Geotechnics|Atlas|IE|UKI|4 Quarry Road, Limerick
CL-112|Veldkamp Retail|Veldkamp|NL|NORDICS|Havenweg 71, Rotterdam
CL-113|Ashdown Mutual|Ashdown|GB|UKI|60 Cheap Street, Sherborne
CL-114|Kestrel Aerospace|Kestrel|GB|UKI|Hangar Lane 8, Filton
CL-115|Morvern Fisheries|Morvern|GB|UKI|Pier Road 2, Oban
CL-116|Thornbury Housing|Thornbury|GB|UKI|15 Castle Street, Thornbury
CL-117|Larkfield Pharma|Larkfield|GB|UKI|Science Park 40, Cambridge
CL-118|Dunmore Grain|Dunmore|IE|UKI|Mill Lane 1, Dundalk
CL-119|Penhallow Media|Penhallow|GB|UKI|33 Wharf Street, Leeds
CL-120|Aldgate Re|Aldgate Re|GB|UKI|10 Minories, London
CL-121|Bergheim Chemie|Bergheim|DE|DACH|Werkstrasse 100, Leverkusen
CL-122|Falkner Maschinenbau|Falkner|DE|DACH|Industriering 7, Augsburg
CL-123|Silberhorn Versicherung|Silberhorn|CH|DACH|Bundesplatz 5, Bern
CL-124|Donauquell Getränke|Donauquell|AT|DACH|Uferzeile 12, Linz
CL-125|Rheintal Kliniken|Rheintal|DE|DACH|Parkallee 55, Mainz
CL-126|Zirbental Holz|Zirbental|AT|DACH|Almweg 3, Innsbruck
CL-127|Havelstadt Verkehr|Havelstadt|DE|DACH|Bahnhofplatz 1, Potsdam
CL-128|Oresund Timber|Oresund|DK|NORDICS|Havnegade 19, Copenhagen
CL-129|Suomen Sähkö|Suomen Sähkö|FI|NORDICS|Katajanokka 6, Helsinki
CL-130|Fjordlys Kraft|Fjordlys|NO|NORDICS|Bryggen 31, Bergen
CL-131|Polder Seeds|Polder|NL|NORDICS|Dijkweg 88, Lelystad
CL-132|Vaxholm Telecom|Vaxholm|SE|NORDICS|Strandvägen 5, Stockholm
CL-133|Brabant Tooling|Brabant|NL|NORDICS|Fabrieksstraat 20, Eindhoven
CL-134|Granite State Credit Union|Granite State|US|NA|77 Elm Street, Concord
CL-135|Maplewood Schools|Maplewood|US|NA|400 Ridge Road, Maplewood
CL-136|Pacific Crest Outfitters|Pacific Crest|US|NA|915 Pine Street, Seattle
CL-137|Sandhill Water District|Sandhill|US|NA|6 Canal Drive, Yuma
CL-138|Blue Heron Biotech|Blue Heron|US|NA|50 Binney Street, Cambridge
CL-139|Sablewood Capital|Sablewood|US|NA|300 Park Avenue, New York
CL-140|Tidewater Terminals|Tidewater|US|NA|1 Dock Street, Norfolk
CL-141|Wrenfield Estates|Wrenfield|GB|UKI|8 Abbey Close, Bath
"""


PROSPECT = "CL-112"


UNKNOWN = ("CL-140", "CL-141")
"""New accounts that the product is to make in billing and the ERP."""


def customers() -> dict[str, Customer]:
    found = (_customer(*row.split("|")) for row in _ROWS.strip().splitlines())
    return {one.number: one for one in found}


def _customer(
    number: str, name: str, trading: str, country: str, region: str, address: str
) -> Customer:
    entity = ENTITIES[REGIONS[region]]
    host = "".join(letter for letter in trading.lower() if "a" <= letter <= "z")
    return Customer(
        number=number,
        name=name,
        trading=trading,
        email=f"accounts@{host}.example",
        country=country,
        region=region,
        entity=entity.code,
        currency=entity.currency,
        address=address,
        owner=OWNERS[region],
        status="prospect" if number == PROSPECT else "active",
        known=number not in UNKNOWN and number != PROSPECT,
    )
