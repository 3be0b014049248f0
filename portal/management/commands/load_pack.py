"""`manage.py load_pack canonical`: registers a pack, by foundation or by change request."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance import clock
from governance.approvals import services as approvals
from governance.errors import GovernanceError
from governance.ownership.lifecycle import Status
from governance.ownership.models import Domain
from portal.management import signing
from portal.packs import comparing, documents
from portal.packs.documents import Choice, Item, Seats

PARTS = ("crm", "psa", "billing", "erp")


class Command(BaseCommand):
    help = (
        "Register a pack of business entities, data contracts, authority, process and measures. "
        "An empty portal is founded with it (--signer twice); in any other it is proposed as a "
        "change request. What is active already stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pack", choices=documents.names())
        parser.add_argument("--by", required=True, help="who proposes it; does not sign")
        parser.add_argument("--signer", action="append", default=[], help="of a foundation; twice")
        parser.add_argument("--with", dest="file", type=Path, help="the firm's own documents")
        for seat in ("owner", "steward", "finance-owner"):
            parser.add_argument(f"--{seat}", action="append", default=[], help="of new domains")
        for part in PARTS:
            parser.add_argument(f"--{part}", default=part, help="slug of the firm's system")
        parser.add_argument(
            "--domain", action="append", default=[], metavar="PACK=FIRM", help="use another domain"
        )
        parser.add_argument("--from", dest="day", help="first day of its authority, YYYY-MM-DD")
        parser.add_argument("--time-zone", default="UTC", help="of its business calendar")
        parser.add_argument("--replace", action="store_true", help="propose what differs, too")

    def handle(self, *args: Any, **options: Any) -> None:
        if Domain.objects.filter(status=Status.ACTIVE).exists():
            self._propose(options)
        else:
            self._found(options)

    def _found(self, options: dict[str, Any]) -> None:
        own = signing.documents(options["file"]) if options["file"] else []
        if not options["owner"] and not any(one["kind"] == "domain" for one in own):
            raise CommandError("this portal is empty: name the --owner of its domains")
        ground = documents.ground(options["pack"], _choice(options), _seats(options))
        items = _merged(own, ground, documents.items(options["pack"], _choice(options)))
        request = signing.lay(
            items,
            title=f"Foundation: {documents.title(options['pack'])}"[:200],
            by=signing.person(options["by"]),
            signers=[signing.person(name) for name in options["signer"]],
            say=self.stdout.write,
        )
        self.stdout.write(f"Registered: {comparing.counted(items)}")
        self.stdout.write(f"{request}: {request.state}")

    def _propose(self, options: dict[str, Any]) -> None:
        try:
            found = comparing.compare(self._wanted(options))
            self._tell(found, replace=options["replace"])
            items = found.fresh + (found.different if options["replace"] else [])
            if not items:
                self.stdout.write("Nothing to propose")
                return
            request = approvals.propose(
                by=signing.person(options["by"]),
                title=documents.title(options["pack"]),
                description=documents.description(options["pack"]),
                items=items,
                now=clock.now(),
            )
        except GovernanceError as error:
            raise CommandError(f"{error} ({error.code}); nothing was saved") from error
        seats = ", ".join(_seat(one) for one in request.rules)
        self.stdout.write(f"{request}: {request.state}, class {request.risk_class}; asks {seats}")

    def _wanted(self, options: dict[str, Any]) -> list[Item]:
        """The pack, and of the ground below it only what is missing here."""
        choice = _choice(options)
        ground = comparing.compare(documents.ground(options["pack"], choice, _seats(options))).fresh
        domains = [one["document"]["slug"] for one in ground if one["kind"] == "domain"]
        ground = [one for one in ground if _belongs(one, domains)]
        if domains and not options["owner"]:
            raise CommandError(
                f"there is no domain {domains[0]} here: name one with --domain {domains[0]}=SLUG, "
                "or name the --owner of a new one"
            )
        own = signing.documents(options["file"]) if options["file"] else []
        return _merged(own, ground, documents.items(options["pack"], choice))

    def _tell(self, found: comparing.Compared, *, replace: bool) -> None:
        if found.fresh:
            self.stdout.write(f"New: {comparing.counted(found.fresh)}")
        if found.equal:
            self.stdout.write(f"Active already: {comparing.counted(found.equal)}")
        if found.different:
            what = "Proposed anew" if replace else "Different here and left so (--replace)"
            self.stdout.write(f"{what}: {comparing.named(found.different)}")
        if found.unfit:
            self.stdout.write(f"Fits no group of yours: {comparing.named(found.unfit)}")


def _belongs(item: Item, fresh: list[str]) -> bool:
    """Roles are granted in domains that are new, never in those that the firm has."""
    return item["kind"] != "role_grant" or item["document"]["domain"] in fresh


def _choice(options: dict[str, Any]) -> Choice:
    pairs = [one.partition("=") for one in options["domain"]]
    if wrong := [one for one, _, there in pairs if not there]:
        raise CommandError(f"--domain {wrong[0]} names no domain of yours; write {wrong[0]}=SLUG")
    return Choice(
        effective_from=options["day"] or clock.now().date().replace(month=1, day=1).isoformat(),
        systems={part: options[part] for part in PARTS},
        domains={here: there for here, _, there in pairs},
        time_zone=options["time_zone"],
    )


def _seats(options: dict[str, Any]) -> Seats:
    return Seats(options["owner"], options["steward"], options["finance_owner"])


def _merged(*lists: list[Item]) -> list[Item]:
    """What stands first wins: the firm's own word before the pack's."""
    found: dict[tuple[str, str], Item] = {}
    for item in (one for items in lists for one in items):
        found.setdefault((item["kind"], comparing.named([item])), item)
    return list(found.values())


def _seat(rule: dict[str, Any]) -> str:
    where = f" of {rule['domain']}" if rule["domain"] else ""
    return f"{rule['count']} {rule['seat'].replace('_', ' ')}{where}"
