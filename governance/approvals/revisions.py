"""Writing the rows of a request and of its revisions; the state is moved elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from governance import canonical
from governance.approvals import assessing, bases, gating, kinds, steps, subjects
from governance.approvals.lifecycle import RiskClass, State
from governance.approvals.models import ChangeItem, ChangeRequest, Revision
from governance.audit import services as audit
from governance.errors import Conflict, InvalidDocument
from governance.ownership.lifecycle import Role
from governance.ownership.models import Domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.approvals.subjects import Item
    from governance.ownership.models import Governed

Items = list[dict[str, Any]]


def revision_digest(content: Items, base: dict[str, str]) -> str:
    """What votes bind to: the proposal, and the active content that it was shown against."""
    return canonical.digest({"content": content, "base": base})


def create(*, by: Any, title: str, now: datetime, **more: Any) -> ChangeRequest:
    """The bare row of a draft."""
    if not title.strip():
        raise InvalidDocument("a change request needs a title", pointer="/title")
    return ChangeRequest.objects.create(
        title=title.strip()[:200],
        state=State.DRAFT,
        risk_class=RiskClass.R2,
        opened_by=by,
        opened_at=now,
        touched_at=now,
        **more,
    )


def record_opening(request: ChangeRequest, *, by: Any, reason: str, now: datetime) -> None:
    """The audit log's first word on a request."""
    audit.record(
        "change.open",
        subject=request,
        by=by,
        reason=reason,
        before={"state": ""},
        after={"state": State.DRAFT, "revision": request.revision_number},
        change_request=request.pk,
        revision_hash=steps.current(request).digest,
        at=now,
    )


def add_revision(
    request: ChangeRequest, items: Items, *, by: Any, note: str, now: datetime
) -> list[Item]:
    """Prepare the rows, keep the revision, class it and ask the gates; not the state."""
    if request.is_foundation:
        items = [*items, *_signers_grants(request, items)]
    parsed = subjects.parse_items(items)
    rows = _prepared(parsed, items, by=by)
    content = [item.content() for item in parsed]
    base = bases.base(parsed)
    request.revision_number += 1
    revision = Revision.objects.create(
        request=request,
        number=request.revision_number,
        content=content,
        base=base,
        digest=revision_digest(content, base),
        author=by,
        note=note,
        created_at=now,
    )
    request.items.all().delete()
    ChangeItem.objects.bulk_create(
        ChangeItem(request=request, position=number, **{item.kind: row})
        for number, (item, row) in enumerate(zip(parsed, rows, strict=True))
    )
    found = assessing.assess(parsed, raised_to=request.raised_to)
    request.domain = None if request.is_foundation else _domain_of_first(items)
    request.risk_class, request.class_reasons = found.risk_class, found.reasons
    request.touched_at = now
    request.save()
    gating.run_all(request, revision, now=now)
    return parsed


def _signers_grants(request: ChangeRequest, items: Items) -> Items:
    """Whoever signs the foundation is a platform admin from then on, whether it says so or not."""
    given = [one["document"] for one in items if one["kind"] == "role_grant"]
    people = [person for one in request.rules for person in one["people"]]
    wanted = [
        {"person": signer.get_username(), "role": str(Role.PLATFORM_ADMIN)}
        for signer in get_user_model()._default_manager.filter(pk__in=people).order_by("pk")
    ]
    return [{"kind": "role_grant", "document": one} for one in wanted if one not in given]


def _prepared(parsed: Sequence[Item], given: Items, *, by: Any) -> list[Governed]:
    """The rows of the items. Pointers count items as the author gave them."""
    numbers = sorted(range(len(given)), key=lambda n: kinds.ORDER.index(given[n]["kind"]))
    rows = []
    for number, item in zip(numbers, parsed, strict=True):
        try:
            with transaction.atomic():
                rows.append(subjects.prepare(item, by=by))
        except InvalidDocument as error:
            said = str(error).removeprefix(f"{error.pointer}: ")
            place = f"/items/{number}/document{error.pointer}"
            raise InvalidDocument(said, pointer=place, line=error.line) from error
        except ProtectedError as error:
            kept = ", ".join(sorted(str(row) for row in error.protected_objects)[:5])
            raise Conflict(f"{item.slug} cannot lose what {kept} refers to") from error
        except IntegrityError as error:
            raise Conflict(f"{item.kind} {item.slug} is refused: {error}") from error
    return rows


def _domain_of_first(items: Items) -> Domain | None:
    document = items[0]["document"]
    slug = document["slug"] if items[0]["kind"] == "domain" else document.get("domain")
    return Domain.objects.filter(slug=slug).first() if slug else None
