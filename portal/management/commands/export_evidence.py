"""`manage.py export_evidence --change N | --period FROM TO --out FILE`: take evidence along."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from governance.approvals.evidence.binder import Bound
from governance.approvals.evidence.services import export_period, export_request
from governance.approvals.models import ChangeRequest
from governance.errors import GovernanceError
from portal.management import signing


class Command(BaseCommand):
    help = "Write a ZIP of evidence that verifies itself, about one change or a whole period."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--change", type=int, help="number of a change request")
        what.add_argument(
            "--period",
            nargs=2,
            metavar=("FROM", "TO"),
            help="days or moments; TO itself is not part of it",
        )
        parser.add_argument("--by", required=True, help="whose permission this uses")
        parser.add_argument("--out", required=True, type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        by = signing.person(options["by"])
        try:
            made = self._period(options["period"], by) or self._change(options["change"], by)
        except GovernanceError as error:
            raise CommandError(f"{error} ({error.code})") from error
        options["out"].write_bytes(made.content)
        self.stdout.write(f"{options['out']}: {made.files} files, manifest {made.manifest}")

    def _period(self, period: list[str] | None, by: Any) -> Bound | None:
        if period is None:
            return None
        begin, end = (_moment(one) for one in period)
        return export_period(begin=begin, end=end, by=by)

    def _change(self, number: int, by: Any) -> Bound:
        request = ChangeRequest.objects.filter(pk=number).first()
        if request is None:
            raise CommandError(f"there is no change request {number}")
        return export_request(request=request, by=by)


def _moment(text: str) -> datetime:
    """A day is its first moment in UTC."""
    try:
        day = parse_date(text)
        found = datetime.combine(day, datetime.min.time()) if day else parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{text!r} is no day such as 2026-03-31 and no moment")
    return found if timezone.is_aware(found) else timezone.make_aware(found)
