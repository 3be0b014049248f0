"""Writing value maps, mappings and flows."""

from cronsim import CronSim, CronSimError

from governance import clock
from governance.catalog.models import BusinessEntity, Connection
from governance.contracts.models import DataContract
from governance.errors import InvalidDocument
from governance.flows.documents import (
    FlowDocument,
    MappingDocument,
    Schedule,
    ValueMapDocument,
)
from governance.flows.models import Flow, Mapping, Process, ValueMap
from governance.flows.telling import ProcessDocument
from governance.flows.telling_checks import (
    refuse_bad_reconciliations,
    refuse_doubled_controls,
    refuse_foreign_milestones,
)
from governance.ownership.calendar_services import zone
from governance.ownership.queries import domain, registered
from governance.ownership.services import write_words


def write_value_map(row: ValueMap, document: ValueMapDocument) -> None:
    """Save the row; one value here is one value there."""
    seen: set[str] = set()
    for number, one in enumerate(document.rows):
        if one.here in seen:
            raise InvalidDocument(f"{one.here!r} has a row already", pointer=f"/rows/{number}/from")
        seen.add(one.here)
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    row.save()


def write_process(row: Process, document: ProcessDocument) -> None:
    """Save the row; each milestone stands once."""
    slugs = [one.slug for one in document.milestones]
    for number, slug in enumerate(slugs):
        if slugs.index(slug) != number:
            raise InvalidDocument(f"{slug} stands twice", pointer=f"/milestones/{number}/slug")
    write_words(row, document)


def write_mapping(row: Mapping, document: MappingDocument) -> None:
    """Save the row; each kind of effect stands once."""
    kinds = [effect.kind for effect in document.effects]
    for number, kind in enumerate(kinds):
        if kinds.index(kind) != number:
            raise InvalidDocument(
                f"the effect {kind!r} stands twice", pointer=f"/effects/{number}/kind"
            )
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    row.entity = registered(BusinessEntity, document.entity, pointer="/entity")
    row.save()


def write_flow(row: Flow, document: FlowDocument) -> None:
    """Save the row; everything it names has to be registered."""
    contract, separator, line = document.contract.partition("@")
    if not (separator and line):
        raise InvalidDocument(
            f"{document.contract!r} names no line; write it as data-contract@1",
            pointer="/contract",
        )
    _refuse_bad_schedule(document.schedule, pattern=document.pattern)
    refuse_foreign_milestones(document)
    refuse_bad_reconciliations(document)
    refuse_doubled_controls(document)
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    row.entity = registered(BusinessEntity, document.entity, pointer="/entity")
    row.contract = registered(DataContract, contract, pointer="/contract")
    row.mapping = registered(Mapping, document.mapping, pointer="/mapping")
    row.source = registered(Connection, document.source.connection, pointer="/source/connection")
    row.target = registered(Connection, document.target.connection, pointer="/target/connection")
    row.save()


def _refuse_bad_schedule(schedule: Schedule, *, pattern: str) -> None:
    if schedule.every and schedule.cron:
        raise InvalidDocument("give `every` or `cron`, not both", pointer="/schedule")
    if pattern != "schedule" and (schedule.every or schedule.cron):
        raise InvalidDocument(f"a flow of pattern {pattern} has no schedule", pointer="/schedule")
    local = zone(schedule.time_zone, pointer="/schedule/time_zone")
    try:
        if schedule.cron:
            next(CronSim(schedule.cron, clock.now().astimezone(local)))
    except (CronSimError, StopIteration) as error:
        raise InvalidDocument(
            f"{schedule.cron!r} is no schedule: {error}", pointer="/schedule/cron"
        ) from error
