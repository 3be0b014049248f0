"""What the database itself refuses in this pillar, and how its tables are partitioned."""

from governance.database import partition_by_month, refuse

PARTITIONS = [
    partition_by_month("integrations_payload"),
    partition_by_month("integrations_closedattempt"),
    partition_by_month("integrations_milestonefact"),
]
"""Run once, on the empty tables."""

RULES = [
    refuse(
        "inbox_message_fixed",
        "integrations_inboxmessage",
        event="UPDATE OF key, version, sequence, content_hash",
        message="an accepted message is never changed",
        when="OLD.key IS DISTINCT FROM NEW.key OR OLD.version IS DISTINCT FROM NEW.version"
        " OR OLD.content_hash IS DISTINCT FROM NEW.content_hash"
        " OR OLD.sequence IS DISTINCT FROM NEW.sequence",
    ),
]
