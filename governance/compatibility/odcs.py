"""Compare two data contracts (ODCS 3.x): for those who read the data, or for those who write it."""

from dataclasses import replace
from typing import Any

from governance.compatibility import api, odcs_fields, pointers, swagger
from governance.compatibility.crawl import Context, Crawl
from governance.compatibility.documents import Document
from governance.compatibility.findings import Finding, NotChecked
from governance.compatibility.odcs_terms import Terms
from governance.compatibility.references import Sub
from governance.compatibility.views import Views

JSON = dict[str, Any]
TYPES = {
    "date": {"type": "string", "format": "date", "x-shape": "date"},
    "timestamp": {"type": "string", "format": "date-time", "x-shape": "timestamp"},
    "time": {"type": "string", "format": "time", "x-shape": "time"},
    "map": {"type": "object", "x-shape": "map"},
    "vector": {"type": "array", "x-shape": "vector"},
}
KEPT = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
        "pattern", "minItems", "maxItems", "uniqueItems", "multipleOf", "minProperties",
        "maxProperties", "format"}  # fmt: skip
PHYSICAL = ("x-physical-name", "x-physical-type")
PLACES = {"consumer": "field", "producer": "input-field"}


class Shape:
    """The schema part of a contract as one JSON Schema, with the places where it was written."""

    def __init__(self, contract: JSON) -> None:
        self.origins: dict[str, str] = {}
        self.schema = self.record(contract.get("schema"), "", "/schema")

    def record(self, fields: Any, pointer: str, origin: str) -> JSON:
        """An object whose properties are listed by name."""
        properties: JSON = {}
        required: list[str] = []
        for place, field in enumerate(fields if isinstance(fields, list) else ()):
            name = str(field.get("name", place))
            inside = pointers.join(f"{pointer}/properties", name)
            self.origins[inside] = f"{origin}/{place}"
            properties[name] = self.field(field, inside, f"{origin}/{place}")
            if not pointer:  # a table or a topic: what it is physically is no column's affair
                properties[name] = {k: v for k, v in properties[name].items() if k not in PHYSICAL}
            if field.get("required") is True or field.get("primaryKey") is True:
                self.origins[f"{pointer}/required/{len(required)}"] = f"{origin}/{place}/required"
                required.append(name)
        return {"type": "object", "properties": properties, "required": required}

    def field(self, field: JSON, pointer: str, origin: str) -> JSON:
        logical = field.get("logicalType") or ("object" if "properties" in field else None)
        made: JSON = dict(TYPES.get(str(logical), {"type": logical} if logical else {}))
        options = field.get("logicalTypeOptions") or {}
        self.options(options, made, pointer, origin)
        for key in ("type", "format"):
            self.origins[f"{pointer}/{key}"] = f"{origin}/logicalType"
        for key, word in odcs_fields.NOTED.items():
            self.origins[f"{pointer}/{word}"] = f"{origin}/{key}"
        if isinstance(field.get("enum"), list):
            made["enum"] = [value.get("value") for value in field["enum"]]
        if "properties" in field:
            made.update(self.record(field["properties"], pointer, f"{origin}/properties"))
        if isinstance(field.get("items"), dict):
            self.origins[f"{pointer}/items"] = f"{origin}/items"
            made["items"] = self.field(field["items"], f"{pointer}/items", f"{origin}/items")
        self.mapping(field, made, pointer, origin)
        made.update(odcs_fields.notes_of(field))
        if wanted := options.get("required"):
            made["required"] = sorted({*made.get("required", ()), *wanted})
        return made

    def options(self, options: JSON, made: JSON, pointer: str, origin: str) -> None:
        """Borders and formats; of a date, the format says only how it is written."""
        written = made.get("format")
        for key in KEPT & options.keys():
            made[key] = options[key]
            self.origins[f"{pointer}/{key}"] = f"{origin}/logicalTypeOptions/{key}"
        if written and "format" in options:
            made["x-date-format"], made["format"] = options["format"], written

    def mapping(self, field: JSON, made: JSON, pointer: str, origin: str) -> None:
        held = field.get("map")
        if not isinstance(held, dict):
            return
        for side, keyword in (("key", "propertyNames"), ("value", "additionalProperties")):
            inside, written = f"{pointer}/{keyword}", f"{origin}/map/{side}"
            self.origins[inside] = written
            made[keyword] = self.field(held.get(side) or {}, inside, written)


def compare(
    old: Document, new: Document, perspective: str
) -> tuple[list[Finding], list[NotChecked]]:
    before, after = Shape(old.value), Shape(new.value)
    crawl = Crawl(
        Views(before.schema, "2020-12"),
        Views(after.schema, "2020-12"),
        (*api.CHECKS, odcs_fields.check_notes),
    )
    context = Context(PLACES[perspective])
    key = crawl.compare(Sub(before.schema, ""), Sub(after.schema, ""), context)
    shaped = [
        replace(
            finding,
            old_pointer=swagger.origin(finding.old_pointer, before.origins),
            new_pointer=swagger.origin(finding.new_pointer, after.origins),
        )
        for finding in (crawl.collect(crawl.spread({key: []})) if key else [])
    ]
    terms = Terms(old.value, new.value, perspective)
    found = [*shaped, *terms.findings()]
    return [*found, *terms.version(found)], list(crawl.not_checked.values())
