"""What the database itself refuses in this pillar."""

from governance.database import Rule, refuse

_OVERLAP = """
EXISTS (SELECT 1 FROM governance_authorityassignment other
 WHERE other.status = 'active' AND other.id <> NEW.id AND other.entity_id = NEW.entity_id
 AND other.group_id = NEW.group_id AND other.scope = NEW.scope
 AND (other.effective_to IS NULL OR other.effective_to > NEW.effective_from)
 AND (NEW.effective_to IS NULL OR NEW.effective_to > other.effective_from))
"""


def _overlap_trigger(name: str, event: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON governance_authorityassignment "
        f"FOR EACH ROW WHEN NEW.status = 'active' AND {_OVERLAP} "
        "BEGIN SELECT RAISE(ABORT, 'authority periods overlap'); END"
    )


AUTHORITY = Rule(
    name="authority_overlap",
    sqlite=[
        _overlap_trigger("authority_overlap_insert", "INSERT"),
        _overlap_trigger("authority_overlap_update", "UPDATE"),
    ],
    postgresql=[
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE governance_authorityassignment DROP CONSTRAINT IF EXISTS authority_overlap",
        "ALTER TABLE governance_authorityassignment ADD CONSTRAINT authority_overlap "
        "EXCLUDE USING gist (entity_id WITH =, group_id WITH =, scope WITH =, "
        "daterange(effective_from, effective_to) WITH &&) WHERE (status = 'active')",
    ],
)
"""One author per group, scope and date, among active assignments."""

RULES = [
    AUTHORITY,
    refuse(
        "audit_entry_kept",
        "governance_auditentry",
        event="DELETE",
        message="audit entries are never deleted",
    ),
    refuse(
        "audit_entry_fixed",
        "governance_auditentry",
        event="UPDATE",
        message="audit entries are never changed",
    ),
    refuse("seal_kept", "governance_seal", event="DELETE", message="seals are never deleted"),
    refuse("seal_fixed", "governance_seal", event="UPDATE", message="seals are never changed"),
    refuse(
        "agreement_fixed",
        "governance_agreement",
        event="UPDATE OF document, digest, flow_id",
        message="a flow agreement is never changed",
        when="OLD.digest IS DISTINCT FROM NEW.digest OR OLD.document IS DISTINCT FROM NEW.document"
        " OR OLD.flow_id IS DISTINCT FROM NEW.flow_id",
    ),
    refuse(
        "revision_fixed",
        "governance_revision",
        event="UPDATE OF content, digest, request_id, author_id",
        message="a revision is never changed",
        when="OLD.digest IS DISTINCT FROM NEW.digest OR OLD.content IS DISTINCT FROM NEW.content"
        " OR OLD.author_id IS DISTINCT FROM NEW.author_id",
    ),
    refuse(
        "specification_fixed",
        "governance_specification",
        event="UPDATE OF content, digest",
        message="a specification is never changed",
        when="OLD.content IS DISTINCT FROM NEW.content",
    ),
]
