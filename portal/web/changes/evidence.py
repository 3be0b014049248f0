"""Taking the evidence of a change request along."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from governance.approvals.evidence.services import EXPORT, export_request
from governance.errors import PermissionRefused
from portal.access import scopes
from portal.web.shell.access import SignedIn, requires


@require_GET
@requires(EXPORT)
def evidence(request: SignedIn, pk: int) -> HttpResponse:
    """A ZIP that verifies itself; the export is a decision in the audit log."""
    row = get_object_or_404(scopes.change_requests(request.user), pk=pk)
    try:
        made = export_request(request=row, by=request.user)
    except PermissionRefused as error:
        raise PermissionDenied(str(error)) from error
    return HttpResponse(
        made.content,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="evidence-CR-{row.pk:04d}.zip"',
            "Cache-Control": "no-store",
        },
    )
