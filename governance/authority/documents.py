"""Document of a system-of-record assignment."""

from __future__ import annotations

from governance.catalog.documents import Day
from governance.ownership.documents import Document, Slug


class AuthorityDocument(Document):
    """`system` authors `group` of `entity` in `scope` from one day until (not on) another."""

    entity: Slug
    group: Slug
    system: Slug
    domain: Slug
    effective_from: Day
    scope: str = "*"
    effective_to: Day | None = None
