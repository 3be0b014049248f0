"""The kinds of thing that a change request may name, and how each is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from governance.authority import services as authority
from governance.authority.documents import AuthorityDocument
from governance.authority.models import AuthorityAssignment
from governance.catalog import documents as catalog_documents
from governance.catalog import models as catalog_models
from governance.catalog import services as catalog
from governance.contracts import documents as contract_documents
from governance.contracts import models as contract_models
from governance.contracts import services as contracts
from governance.flows import documents as flow_documents
from governance.flows import models as flow_models
from governance.flows import services as flows
from governance.flows import telling
from governance.measures import documents as measure_documents
from governance.measures import models as measure_models
from governance.measures import money as measure_money
from governance.measures import services as measures
from governance.ownership import calendar_services, calendars
from governance.ownership import documents as ownership_documents
from governance.ownership import models as ownership_models
from governance.ownership import services as ownership
from governance.ownership.documents import Document
from governance.ownership.models import Governed


@dataclass(frozen=True, slots=True)
class Kind:
    """`slug_of` names the row from its document; `write` saves the row with its columns."""

    label: str
    plural: str
    """As in URLs."""
    model: type[Governed]
    struct: type[Document]
    write: Callable[[Any, Any], None]
    slug_of: Callable[[Any], str] = lambda document: str(document.slug)


def _authority_slug(document: AuthorityDocument) -> str:
    scope = document.scope.replace("*", "everywhere").replace(":", "-").lower()
    return f"{document.entity}.{document.group}.{scope}.{document.effective_from}"


def _grant_slug(document: ownership_documents.RoleGrantDocument) -> str:
    return f"{document.person}.{document.role}.{document.domain or 'firm'}"


_o, _c, _d, _f = ownership_documents, catalog_documents, contract_documents, flow_documents
_om, _cm, _dm, _fm = ownership_models, catalog_models, contract_models, flow_models
_m, _mm = measure_documents, measure_models

KINDS: dict[str, Kind] = {
    "domain": Kind("Domain", "domains", _om.Domain, _o.DomainDocument, ownership.write_domain),
    "team": Kind("Team", "teams", _om.Team, _o.TeamDocument, ownership.write_team),
    "role_grant": Kind(
        "Role grant",
        "role-grants",
        _om.RoleGrant,
        _o.RoleGrantDocument,
        ownership.write_role_grant,
        _grant_slug,
    ),
    "escalation_path": Kind(
        "Escalation path",
        "escalation-paths",
        _om.EscalationPath,
        _o.EscalationPathDocument,
        ownership.write_escalation_path,
    ),
    "business_calendar": Kind(
        "Business calendar",
        "business-calendars",
        _om.BusinessCalendar,
        calendars.BusinessCalendarDocument,
        calendar_services.write_business_calendar,
    ),
    "fiscal_calendar": Kind(
        "Fiscal calendar",
        "fiscal-calendars",
        _om.FiscalCalendar,
        calendars.FiscalCalendarDocument,
        calendar_services.write_fiscal_calendar,
    ),
    "system": Kind("System", "systems", _cm.System, _c.SystemDocument, catalog.write_system),
    "connector": Kind(
        "Connector description",
        "connectors",
        _cm.ConnectorDescription,
        _c.ConnectorDocument,
        catalog.write_connector,
    ),
    "connection": Kind(
        "Connection", "connections", _cm.Connection, _c.ConnectionDocument, catalog.write_connection
    ),
    "entity": Kind(
        "Business entity", "entities", _cm.BusinessEntity, _c.EntityDocument, catalog.write_entity
    ),
    "api": Kind("API", "apis", _cm.Api, _c.ApiDocument, catalog.write_api),
    "api_version": Kind(
        "API version",
        "api-versions",
        _cm.ApiVersion,
        _c.ApiVersionDocument,
        catalog.write_api_version,
        lambda document: f"{document.api}@{document.version}",
    ),
    "data_contract": Kind(
        "Data contract",
        "data-contracts",
        _dm.DataContract,
        _d.DataContractDocument,
        contracts.write_data_contract,
    ),
    "data_contract_version": Kind(
        "Data contract version",
        "data-contract-versions",
        _dm.DataContractVersion,
        _d.DataContractVersionDocument,
        contracts.write_data_contract_version,
        lambda document: f"{document.contract}@{document.version}",
    ),
    "authority": Kind(
        "System of record",
        "authorities",
        AuthorityAssignment,
        AuthorityDocument,
        authority.write_authority,
        _authority_slug,
    ),
    "fx_source": Kind(
        "FX source",
        "fx-sources",
        _mm.FxSource,
        measure_money.FxSourceDocument,
        measures.write_fx_source,
    ),
    "loss_table": Kind(
        "Loss table",
        "loss-tables",
        _mm.LossTable,
        measure_money.LossTableDocument,
        measures.write_loss_table,
    ),
    "process": Kind(
        "Process", "processes", _fm.Process, telling.ProcessDocument, flows.write_process
    ),
    "measure": Kind("Measure", "measures", _mm.Measure, _m.MeasureDocument, measures.write_measure),
    "value_map": Kind(
        "Value map", "value-maps", _fm.ValueMap, _f.ValueMapDocument, flows.write_value_map
    ),
    "mapping": Kind("Mapping", "mappings", _fm.Mapping, _f.MappingDocument, flows.write_mapping),
    "flow": Kind("Flow", "flows", _fm.Flow, _f.FlowDocument, flows.write_flow),
}
"""In the order in which items of one request are written: what is referred to comes first."""

ORDER = list(KINDS)


def by_plural(plural: str) -> str | None:
    """The kind that URLs call so."""
    return next((name for name, kind in KINDS.items() if kind.plural == plural), None)
