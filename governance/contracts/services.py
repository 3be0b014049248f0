"""Writing data contracts and their versions."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from governance.catalog.models import BusinessEntity
from governance.contracts.documents import DataContractDocument, DataContractVersionDocument
from governance.contracts.models import DataContract, DataContractVersion
from governance.errors import InvalidDocument
from governance.ownership.queries import domain, registered


def write_data_contract(row: DataContract, document: DataContractDocument) -> None:
    """Save the row."""
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    row.entity = registered(BusinessEntity, document.entity, pointer="/entity")
    row.save()


def write_data_contract_version(
    row: DataContractVersion, document: DataContractVersionDocument
) -> None:
    """Save the row; the schema has to be valid JSON Schema 2020-12 and refer to itself only."""
    refuse_bad_schema(document.schema)
    row.contract = registered(DataContract, document.contract, pointer="/contract")
    _refuse_meaningless(document)
    row.name = f"{row.contract.name} {document.version}"
    row.description = document.notes
    row.domain = domain(document.domain)
    row.version = document.version
    row.line = document.line or document.version.split(".")[0]
    row.save()


def refuse_bad_schema(schema: dict[str, Any]) -> None:
    """InvalidDocument with the pointer of the first fault below `/schema`."""
    try:
        jsonschema_rs.meta.validate(schema)
        jsonschema_rs.validator_for(
            schema,
            validate_formats=True,
            retriever=_refuse_remote,
            pattern_options=jsonschema_rs.RegexOptions(),
        )
    except jsonschema_rs.ValidationError as error:
        place = "".join(f"/{step}" for step in error.instance_path)
        raise InvalidDocument(
            f"no usable JSON Schema: {error.message}", pointer=f"/schema{place}"
        ) from error
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        raise InvalidDocument(f"no usable JSON Schema: {error}", pointer="/schema") from error


def _refuse_remote(address: str) -> Any:
    raise ValueError(f"refers to {address}; put the definition under $defs")


def _refuse_meaningless(document: DataContractVersionDocument) -> None:
    """A meaning is for a field that the schema has."""
    properties = document.schema.get("properties", {})
    for name in document.fields:
        if name not in properties:
            raise InvalidDocument(
                f"the schema has no property {name!r} to give a meaning to",
                pointer=f"/fields/{name}",
            )
