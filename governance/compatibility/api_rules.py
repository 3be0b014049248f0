"""Rules about an API and its parts; those about schemas are in `schema_events`."""

from governance.compatibility.rules import Direction, Level, Rule

B, R, S, N = Level.BREAKING, Level.RISKY, Level.SAFE, Level.INFO
Row = tuple[str, Level, str, str, str]
"""Id, level, kind, action and message."""

PATHS: tuple[Row, ...] = (
    ("endpoint-added", S, "Existence", "Add", "{name} was added"),
    ("endpoint-deprecated", N, "Lifecycle", "Change", "{name} was deprecated"),
    ("endpoint-deprecated-with-sunset", N, "Lifecycle", "Change",
     "{name} was deprecated and ends on {new}"),
    ("endpoint-reactivated", N, "Lifecycle", "Change", "{name} is no longer deprecated"),
    ("api-path-removed-without-deprecation", B, "Existence", "Remove",
     "{name} was removed without having been deprecated"),
    ("api-path-removed-with-deprecation", N, "Existence", "Remove",
     "{name} was removed after its deprecation"),
    ("api-path-removed-before-sunset", B, "Existence", "Remove",
     "{name} was removed before its sunset on {old}"),
    ("api-path-sunset-parse", B, "Lifecycle", "Change", "the sunset {new} is not a date"),
    ("api-removed-without-deprecation", B, "Existence", "Remove",
     "{name} was removed without having been deprecated"),
    ("api-removed-with-deprecation", N, "Existence", "Remove",
     "{name} was removed after its deprecation"),
    ("api-removed-before-sunset", B, "Existence", "Remove",
     "{name} was removed before its sunset on {old}"),
    ("api-deprecated-sunset-parse", B, "Lifecycle", "Change", "the sunset {new} is not a date"),
    ("api-deprecated-sunset-missing", B, "Lifecycle", "Change",
     "{name} was deprecated without a sunset date, which the policy asks for"),
    ("api-sunset-date-too-small", B, "Lifecycle", "Change",
     "the sunset {new} gives less notice than the policy asks for"),
    ("api-sunset-date-changed-too-small", B, "Lifecycle", "Change",
     "the sunset moved forward from {old} to {new}"),
    ("sunset-deleted", B, "Lifecycle", "Remove", "the sunset {old} was taken away"),
    ("api-invalid-stability-level", B, "Lifecycle", "Change",
     "{new} is not a stability level: draft, alpha, beta or stable"),
    ("api-stability-decreased", B, "Lifecycle", "Decrease",
     "the stability went down from {old} to {new}"),
    ("api-stability-increased", N, "Lifecycle", "Increase",
     "the stability went up from {old} to {new}"),
    ("api-operation-id-removed", N, "Existence", "Remove", "the operationId {old} was removed"),
    ("api-operation-id-added", N, "Existence", "Add", "the operationId {new} was added"),
    ("api-tag-removed", N, "Existence", "Remove", "the tag {old} was removed"),
    ("api-tag-added", N, "Existence", "Add", "the tag {new} was added"),
    ("webhook-added", S, "Existence", "Add", "the webhook {name} was added"),
    ("webhook-removed", B, "Existence", "Remove", "the webhook {name} was removed"),
    ("callback-added", S, "Existence", "Add", "the callback {name} was added"),
    ("callback-removed", R, "Existence", "Remove", "the callback {name} was removed"),
    ("server-added", N, "Existence", "Add", "the server {new} was added"),
    ("server-removed", R, "Existence", "Remove", "the server {old} was removed"),
    ("api-schema-removed", N, "Existence", "Remove", "the schema {name} was removed"),
    ("api-version-not-bumped", N, "Lifecycle", "Change",
     "the API breaks its clients, but its version stays {new}"),
    ("api-major-version-not-bumped", N, "Lifecycle", "Change",
     "the API breaks its clients, but its major version went from {old} to {new}"),
    ("api-version-decreased", N, "Lifecycle", "Decrease",
     "the version went down from {old} to {new}"),
)  # fmt: skip
SECURITY: tuple[Row, ...] = (
    ("api-security-removed", S, "Existence", "Remove", "the way to sign in {old} was removed"),
    ("api-security-added", R, "Existence", "Add", "signing in by {new} was added"),
    ("api-security-scope-added", R, "Existence", "Add", "the scope {new} is needed for {name}"),
    ("api-security-scope-removed", S, "Existence", "Remove",
     "the scope {old} is no longer needed for {name}"),
    ("api-global-security-removed", S, "Existence", "Remove",
     "the way to sign in {old} was removed for all"),
    ("api-global-security-added", R, "Existence", "Add", "signing in by {new} was added for all"),
    ("api-global-security-scope-added", R, "Existence", "Add",
     "the scope {new} is needed for {name}"),
    ("api-global-security-scope-removed", S, "Existence", "Remove",
     "the scope {old} is no longer needed for {name}"),
    ("api-security-component-removed", R, "Existence", "Remove",
     "the security scheme {name} was removed"),
    ("api-security-component-added", N, "Existence", "Add",
     "the security scheme {name} was added"),
    ("api-security-component-type-changed", R, "Type", "Change",
     "the security scheme {name} changed from {old} to {new}"),
    ("api-security-component-oauth-url-changed", R, "Type", "Change",
     "the authorization URL of {name} changed"),
    ("api-security-component-oauth-token-url-changed", R, "Type", "Change",
     "the token URL of {name} changed"),
    ("api-security-component-oauth-scope-added", N, "Existence", "Add",
     "the scope {new} was added to {name}"),
    ("api-security-component-oauth-scope-removed", R, "Existence", "Remove",
     "the scope {old} was removed from {name}"),
    ("api-security-component-oauth-scope-changed", N, "Type", "Change",
     "the scope {new} of {name} is described anew"),
)  # fmt: skip
REQUEST: tuple[Row, ...] = (
    ("request-body-added-required", B, "Existence", "Add", "a required request body was added"),
    ("request-body-added-optional", S, "Existence", "Add", "an optional request body was added"),
    ("request-body-removed", B, "Existence", "Remove", "the request body was removed"),
    ("request-body-became-optional", S, "Requiredness", "Change", "the body became optional"),
    ("request-body-became-required", B, "Requiredness", "Change", "the body became required"),
    ("request-body-media-type-added", S, "Existence", "Add", "{new} is accepted as well"),
    ("request-body-media-type-removed", B, "Existence", "Remove", "{old} is no longer accepted"),
    ("request-body-media-type-schema-added", B, "Existence", "Add",
     "the body of {name} now has a schema"),
    ("request-body-media-type-schema-removed", S, "Existence", "Remove",
     "the body of {name} has no schema any more"),
    ("new-required-request-parameter", B, "Existence", "Add",
     "the required parameter {name} was added"),
    ("new-optional-request-parameter", S, "Existence", "Add",
     "the optional parameter {name} was added"),
    ("new-required-request-default-parameter-to-existing-path", B, "Existence", "Add",
     "the required parameter {name} was added to the path"),
    ("new-optional-request-default-parameter-to-existing-path", S, "Existence", "Add",
     "the optional parameter {name} was added to the path"),
    ("new-request-path-parameter", B, "Existence", "Add", "the path parameter {name} was added"),
    ("request-parameter-removed", R, "Existence", "Remove", "the parameter {name} was removed"),
    ("request-parameter-removed-with-deprecation", N, "Existence", "Remove",
     "the parameter {name} was removed after its deprecation"),
    ("request-parameter-removed-before-sunset", B, "Existence", "Remove",
     "the parameter {name} was removed before its sunset on {old}"),
    ("request-parameter-became-required", B, "Requiredness", "Change",
     "the parameter {name} became required"),
    ("request-parameter-became-optional", S, "Requiredness", "Change",
     "the parameter {name} became optional"),
    ("request-parameter-style-changed", B, "Type", "Change",
     "the parameter {name} is written otherwise: {old} became {new}"),
    ("request-parameter-deprecated", N, "Lifecycle", "Change",
     "the parameter {name} was deprecated"),
    ("request-parameter-reactivated", N, "Lifecycle", "Change",
     "the parameter {name} is no longer deprecated"),
    ("request-parameter-deprecated-sunset-missing", B, "Lifecycle", "Change",
     "{name} was deprecated without a sunset date, which the policy asks for"),
    ("request-parameter-sunset-date-too-small", B, "Lifecycle", "Change",
     "the sunset {new} gives less notice than the policy asks for"),
    ("request-parameter-sunset-date-changed-too-small", B, "Lifecycle", "Change",
     "the sunset moved forward from {old} to {new}"),
    ("request-parameter-sunset-deleted", B, "Lifecycle", "Remove",
     "the sunset {old} was taken away"),
    ("request-parameter-sunset-parse", B, "Lifecycle", "Change",
     "the sunset {new} is not a date"),
    ("new-required-request-property", B, "Existence", "Add",
     "the required property {name} was added"),
    ("new-required-request-property-with-default", B, "Existence", "Add",
     "the required property {name} was added, with a default"),
    ("new-optional-request-property", S, "Existence", "Add",
     "the optional property {name} was added"),
    ("request-property-removed", R, "Existence", "Remove", "the property {name} was removed"),
    ("request-property-removed-from-closed", B, "Existence", "Remove",
     "the property {name} was removed, and others are refused"),
)  # fmt: skip
RESPONSE: tuple[Row, ...] = (
    ("response-success-status-removed", B, "Existence", "Remove",
     "the success status {old} was removed"),
    ("response-success-status-added", S, "Existence", "Add", "the success status {new} was added"),
    ("response-non-success-status-removed", N, "Existence", "Remove",
     "the status {old} was removed"),
    ("response-non-success-status-added", N, "Existence", "Add", "the status {new} was added"),
    ("response-media-type-removed", B, "Existence", "Remove", "{old} is no longer answered"),
    ("response-media-type-added", S, "Existence", "Add", "{new} is answered as well"),
    ("response-media-type-name-changed", N, "Type", "Change",
     "the media type is now called {new} instead of {old}"),
    ("response-media-type-name-generalized", B, "Type", "Generalize",
     "the media type {old} widened to {new}"),
    ("response-media-type-name-specialized", S, "Type", "Specialize",
     "the media type {old} narrowed to {new}"),
    ("response-body-media-type-schema-added", S, "Existence", "Add",
     "the body of {name} now has a schema"),
    ("response-body-media-type-schema-removed", R, "Existence", "Remove",
     "the body of {name} has no schema any more"),
    ("response-header-became-optional", B, "Requiredness", "Change",
     "the header {name} became optional"),
    ("response-header-became-required", S, "Requiredness", "Change",
     "the header {name} is always sent now"),
    ("response-header-style-changed", B, "Type", "Change",
     "the header {name} is written otherwise: {old} became {new}"),
    ("required-response-header-removed", B, "Existence", "Remove",
     "the header {name} was removed"),
    ("optional-response-header-removed", R, "Existence", "Remove",
     "the optional header {name} was removed"),
    ("response-header-added", S, "Existence", "Add", "the header {name} was added"),
    ("response-required-property-removed", B, "Existence", "Remove",
     "the property {name}, always sent so far, was removed"),
    ("response-required-property-added", S, "Existence", "Add",
     "the property {name} was added, always sent"),
    ("response-required-write-only-property-removed", N, "Existence", "Remove",
     "the write-only property {name} was removed"),
    ("response-required-write-only-property-added", N, "Existence", "Add",
     "the write-only property {name} was added"),
    ("response-optional-property-removed", R, "Existence", "Remove",
     "the optional property {name} was removed"),
    ("response-optional-property-added", S, "Existence", "Add",
     "the optional property {name} was added"),
    ("response-optional-write-only-property-removed", N, "Existence", "Remove",
     "the write-only property {name} was removed"),
    ("response-optional-write-only-property-added", N, "Existence", "Add",
     "the write-only property {name} was added"),
)  # fmt: skip


def _inner(noun: str, words: str) -> tuple[Row, ...]:
    """Properties inside a parameter or header."""
    return (
        (f"new-required-{noun}", B, "Existence", "Add",
         f"the required property {{name}} of {words} was added"),
        (f"new-required-{noun}-with-default", B, "Existence", "Add",
         f"the required property {{name}} of {words} was added, with a default"),
        (f"new-optional-{noun}", S, "Existence", "Add",
         f"the optional property {{name}} of {words} was added"),
        (f"{noun}-removed", R, "Existence", "Remove",
         f"the property {{name}} of {words} was removed"),
        (f"{noun}-removed-from-closed", B, "Existence", "Remove",
         f"the property {{name}} of {words} was removed, and others are refused"),
    )  # fmt: skip


def _lifecycle(way: str) -> tuple[Row, ...]:
    base = f"{way}-property"
    return (
        (f"{base}-deprecated", N, "Lifecycle", "Change", "the property {name} was deprecated"),
        (f"{base}-deprecated-with-sunset", N, "Lifecycle", "Change",
         "the property {name} was deprecated and ends on {new}"),
        (f"{base}-deprecated-sunset-missing", B, "Lifecycle", "Change",
         "{name} was deprecated without a sunset date, which the policy asks for"),
        (f"{base}-deprecated-sunset-invalid", B, "Lifecycle", "Change",
         "the sunset {new} of {name} is not a date"),
        (f"{base}-sunset-date-too-small", B, "Lifecycle", "Change",
         "the sunset {new} gives less notice than the policy asks for"),
        (f"{base}-reactivated", N, "Lifecycle", "Change",
         "the property {name} is no longer deprecated"),
        (f"{base}-stability-decreased", B, "Lifecycle", "Decrease",
         "the stability of {name} went down from {old} to {new}"),
        (f"{base}-stability-increased", N, "Lifecycle", "Increase",
         "the stability of {name} went up from {old} to {new}"),
    )  # fmt: skip


def _access(way: str) -> tuple[Row, ...]:
    rows = []
    for state in ("optional", "required"):
        for word in ("read-only", "write-only"):
            for turn, text in (("", "became"), ("not-", "is no longer")):
                risky = (way, state, turn, word) == ("response", "required", "not-", "write-only")
                identity = f"{way}-{state}-property-became-{turn}{word}"
                message = f"the property {{name}} {text} {word}"
                rows.append((identity, R if risky else N, "Mutability", "Change", message))
    return tuple(rows)


def _table() -> dict[str, Rule]:
    groups = (
        (PATHS, Direction.BOTH, "Paths"),
        (SECURITY, Direction.BOTH, "Security"),
        (REQUEST, Direction.REQUEST, "Request"),
        (_inner("request-parameter-property", "the parameter"), Direction.REQUEST, "Request"),
        (_inner("request-header-property", "the header"), Direction.REQUEST, "Request"),
        (RESPONSE, Direction.RESPONSE, "Responses"),
        (_lifecycle("request"), Direction.REQUEST, "Schema"),
        (_lifecycle("response"), Direction.RESPONSE, "Schema"),
        (_access("request"), Direction.REQUEST, "Schema"),
        (_access("response"), Direction.RESPONSE, "Schema"),
    )
    return {
        row[0]: Rule(row[0], row[1], direction, area, *row[2:])
        for rows, direction, area in groups
        for row in rows
    }


RULES = _table()


def rule(identity: str) -> Rule:
    return RULES[identity]
