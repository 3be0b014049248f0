"""OpenAPI 2.0 lifted to 3.0, remembering where everything was written."""

from typing import Any

from governance.compatibility import pointers
from governance.compatibility.validity import METHODS

SCHEMA_WORDS = {
    "type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum",
    "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems",
    "enum", "multipleOf",
}  # fmt: skip
MOVED = {
    "#/definitions/": "#/components/schemas/",
    "#/parameters/": "#/components/parameters/",
    "#/responses/": "#/components/responses/",
}
STYLES = {"csv": ("form", False), "multi": ("form", True), "ssv": ("spaceDelimited", False),
          "pipes": ("pipeDelimited", False)}  # fmt: skip
FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}


class Lift:
    """One document on its way up."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value
        self.origins: dict[str, str] = {}

    def run(self) -> dict[str, Any]:
        value = self.value
        kept: dict[str, Any] = {key: value[key] for key in KEPT & value.keys()}
        base = f"{value.get('host', '')}{value.get('basePath', '')}"
        schemes = value.get("schemes") or ["https"]
        components = {
            "schemas": self.moved("definitions", "schemas"),
            "parameters": self.moved("parameters", "parameters"),
            "responses": {
                name: self.response(part, f"/components/responses/{pointers.escape(name)}",
                                    f"/responses/{pointers.escape(name)}", value)
                for name, part in objects(value.get("responses"))
            },
            "securitySchemes": {
                name: scheme(part) for name, part in objects(value.get("securityDefinitions"))
            },
        }  # fmt: skip
        self.origins["/components/securitySchemes"] = "/securityDefinitions"
        return {
            **kept,
            "openapi": "3.0.0",
            "servers": [{"url": f"{name}://{base}"} for name in schemes] if base else [],
            "paths": {
                path: self.path(item, pointers.join("/paths", path))
                for path, item in objects(value.get("paths"))
            },
            "components": components,
        }

    def moved(self, source: str, target: str) -> dict[str, Any]:
        self.origins[f"/components/{target}"] = f"/{source}"
        held = objects(self.value.get(source))
        if source == "parameters":
            return {
                name: self.parameter(part, f"/components/parameters/{pointers.escape(name)}",
                                     f"/parameters/{pointers.escape(name)}")
                for name, part in held
            }  # fmt: skip
        return {name: references(part) for name, part in held}

    def path(self, item: dict[str, Any], pointer: str) -> dict[str, Any]:
        shared = self.parameters(item, pointer)
        made: dict[str, Any] = {"parameters": shared} if shared else {}
        for method in METHODS:
            if isinstance(item.get(method), dict):
                made[method] = self.operation(item[method], item, f"{pointer}/{method}")
        return made

    def parameters(self, holder: dict[str, Any], pointer: str) -> list[Any]:
        made: list[Any] = []
        for place, part in enumerate(holder.get("parameters") or ()):
            if isinstance(part, dict) and self.follow(part).get("in") not in ("body", "formData"):
                target = f"{pointer}/parameters/{len(made)}"
                made.append(self.parameter(part, target, f"{pointer}/parameters/{place}"))
        return made

    def follow(self, part: dict[str, Any]) -> dict[str, Any]:
        reference = part.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return part
        try:
            found = pointers.find(self.value, pointers.from_fragment(reference[1:]))
        except (LookupError, ValueError):
            return part
        return found if isinstance(found, dict) else part

    def parameter(self, part: dict[str, Any], target: str, source: str) -> dict[str, Any]:
        if "$ref" in part:
            return {"$ref": reference_of(str(part["$ref"]))}
        self.origins[target] = source
        self.origins[f"{target}/schema"] = source
        made = {key: value for key, value in part.items() if key not in SCHEMA_WORDS}
        made["schema"] = references({key: part[key] for key in SCHEMA_WORDS & part.keys()})
        if part.get("type") == "array":
            made["style"], made["explode"] = STYLES.get(
                str(part.get("collectionFormat", "csv")), ("form", False)
            )
        return made

    def operation(self, part: dict[str, Any], item: dict[str, Any], pointer: str) -> dict[str, Any]:
        made = {key: value for key, value in part.items() if key not in OPERATION_WORDS}
        made["parameters"] = self.parameters(part, pointer)
        body = self.body(part, item, pointer)
        if body:
            made["requestBody"] = body
        made["responses"] = {
            status: self.response(answer, f"{pointer}/responses/{status}",
                                  f"{pointer}/responses/{status}", part)
            for status, answer in objects(part.get("responses"))
        }  # fmt: skip
        return made

    def media(self, part: dict[str, Any], key: str) -> list[str]:
        return part.get(key) or self.value.get(key) or ["application/json"]

    def body(self, part: dict[str, Any], item: dict[str, Any], pointer: str) -> dict[str, Any]:
        form: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        listed = [*(item.get("parameters") or ()), *(part.get("parameters") or ())]
        for place, written in enumerate(listed):
            held = self.follow(written) if isinstance(written, dict) else {}
            if held.get("in") == "body":
                return self.whole(held, part, pointer, place)
            if held.get("in") == "formData":
                words = SCHEMA_WORDS & held.keys()
                form["properties"][held["name"]] = references({key: held[key] for key in words})
                if held.get("required"):
                    form["required"].append(held["name"])
        if not form["properties"]:
            return {}
        self.origins[f"{pointer}/requestBody"] = f"{pointer}/parameters"
        kinds = part.get("consumes") or self.value.get("consumes")
        media = kinds or ["application/x-www-form-urlencoded"]
        needed = bool(form["required"])
        return {"required": needed, "content": {name: {"schema": form} for name in media}}

    def whole(
        self, held: dict[str, Any], part: dict[str, Any], pointer: str, place: int
    ) -> dict[str, Any]:
        self.origins[f"{pointer}/requestBody"] = f"{pointer}/parameters/{place}"
        schema = references(held.get("schema", {}))
        content = {}
        for name in self.media(part, "consumes"):
            content[name] = {"schema": schema}
            target = pointers.join(f"{pointer}/requestBody/content", name, "schema")
            self.origins[target] = f"{pointer}/parameters/{place}/schema"
        return {"required": held.get("required", False), "content": content}

    def response(
        self, part: dict[str, Any], target: str, source: str, holder: dict[str, Any]
    ) -> dict[str, Any]:
        if "$ref" in part:
            return {"$ref": reference_of(str(part["$ref"]))}
        made: dict[str, Any] = {"description": part.get("description", "")}
        if isinstance(part.get("schema"), dict):
            schema = references(part["schema"])
            made["content"] = {}
            for name in self.media(holder, "produces"):
                made["content"][name] = {"schema": schema}
                moved = pointers.join(f"{target}/content", name, "schema")
                self.origins[moved] = f"{source}/schema"
        headers = {
            name: {"schema": references({key: head[key] for key in SCHEMA_WORDS & head.keys()})}
            for name, head in objects(part.get("headers"))
        }
        return {**made, "headers": headers} if headers else made


KEPT = {"info", "tags", "security"}
OPERATION_WORDS = {"parameters", "responses", "consumes", "produces", "schemes"}


def objects(value: Any) -> list[tuple[str, dict[str, Any]]]:
    held = value.items() if isinstance(value, dict) else ()
    return [(str(name), part) for name, part in held if isinstance(part, dict)]


def reference_of(text: str) -> str:
    for old, new in MOVED.items():
        if text.startswith(old):
            return new + text[len(old) :]
    return text


def references(value: Any) -> Any:
    """A copy with references that follow what moved."""
    if isinstance(value, list):
        return [references(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: references(item) for key, item in value.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = reference_of(made["$ref"])
    if isinstance(made.get("discriminator"), str):
        made["discriminator"] = {"propertyName": made["discriminator"]}
    if made.get("x-nullable") is True:
        made["nullable"] = True
    return made


def scheme(part: dict[str, Any]) -> dict[str, Any]:
    if part.get("type") == "basic":
        return {"type": "http", "scheme": "basic"}
    if part.get("type") != "oauth2":
        return part
    flow = str(part.get("flow", ""))
    words = {key: part[key] for key in ("authorizationUrl", "tokenUrl", "scopes") if key in part}
    return {"type": "oauth2", "flows": {FLOWS.get(flow, flow): words}}


def lift(value: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The document as 3.0, and original places by the moved ones."""
    lifting = Lift(value)
    return lifting.run(), lifting.origins


def origin(pointer: str, origins: dict[str, str]) -> str:
    """Where a place of the lifted document was written."""
    head, tail = pointer, ""
    while head:
        if head in origins:
            return origins[head] + tail
        head, _, token = head.rpartition("/")
        tail = f"/{token}{tail}"
    return pointer
