"""Every table of the pillar, where Django looks for them."""

from governance.agreements.models import Agreement
from governance.approvals.models import (
    Activation,
    ChangeItem,
    ChangeRequest,
    Comment,
    GateResult,
    Revision,
    Vote,
)
from governance.audit.models import AuditEntry, Seal
from governance.authority.models import AuthorityAssignment
from governance.catalog.models import (
    Api,
    ApiVersion,
    Attribute,
    AttributeGroup,
    BusinessEntity,
    Comparison,
    Connection,
    ConnectorDescription,
    Specification,
    System,
)
from governance.contracts.models import DataContract, DataContractVersion
from governance.flows.models import Flow, Mapping, Process, ValueMap
from governance.measures.models import FxSource, LossTable, Measure
from governance.notifications.models import Delivery, MailChoice, Notification
from governance.ownership.models import (
    BusinessCalendar,
    Domain,
    DomainSeat,
    EscalationPath,
    FiscalCalendar,
    RoleGrant,
    Team,
)

__all__ = [
    "Activation",
    "Agreement",
    "Api",
    "ApiVersion",
    "Attribute",
    "AttributeGroup",
    "AuditEntry",
    "AuthorityAssignment",
    "BusinessCalendar",
    "BusinessEntity",
    "ChangeItem",
    "ChangeRequest",
    "Comment",
    "Comparison",
    "Connection",
    "ConnectorDescription",
    "DataContract",
    "DataContractVersion",
    "Delivery",
    "Domain",
    "DomainSeat",
    "EscalationPath",
    "FiscalCalendar",
    "Flow",
    "FxSource",
    "GateResult",
    "LossTable",
    "MailChoice",
    "Mapping",
    "Measure",
    "Notification",
    "Process",
    "Revision",
    "RoleGrant",
    "Seal",
    "Specification",
    "System",
    "Team",
    "ValueMap",
    "Vote",
]
