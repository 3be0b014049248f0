"""Rules about the promises of a data contract beside its shape."""

from governance.compatibility.rules import Direction, Level, Rule

B, R, S, N = Level.BREAKING, Level.RISKY, Level.SAFE, Level.INFO
ROWS = (
    ("field-added", S, "Existence", "Add", "the field {name} was added"),
    ("field-removed", B, "Existence", "Remove", "the field {name} was removed"),
    ("input-field-added", S, "Existence", "Add", "the optional field {name} was added"),
    ("input-field-added-required", B, "Existence", "Add", "the required field {name} was added"),
    ("input-field-removed", R, "Existence", "Remove", "the field {name} is no longer taken"),
    ("field-key-changed", B, "Structure", "Change", "the key position changed from {old} to {new}"),
    ("field-physical-name-changed", B, "Structure", "Change",
     "the physical name changed from {old} to {new}"),
    ("field-encryption-changed", B, "Structure", "Change",
     "the encrypted name changed from {old} to {new}"),
    ("field-kind-changed", B, "Type", "Change", "the kind changed from {old} to {new}"),
    ("field-physical-type-changed", B, "Type", "Change",
     "the physical type changed from {old} to {new}"),
    ("field-physical-length-changed", R, "Type", "Change",
     "the physical length changed from {old} to {new}"),
    ("field-unique-gained", S, "Constraints", "Add", "values are unique now"),
    ("field-unique-gained-breaks", B, "Constraints", "Add", "values must be unique now"),
    ("field-unique-lost", S, "Constraints", "Remove", "values need not be unique any more"),
    ("field-unique-lost-breaks", B, "Constraints", "Remove", "values are no longer unique"),
    ("quality-rule-gained", S, "Quality", "Add", "the quality rule {name} came or got tighter"),
    ("quality-rule-gained-breaks", B, "Quality", "Add",
     "the quality rule {name} came or got tighter for those who write"),
    ("quality-rule-lost", S, "Quality", "Remove", "the quality rule {name} went or got looser"),
    ("quality-rule-lost-breaks", B, "Quality", "Remove",
     "the quality rule {name}, which readers rely on, went or got looser"),
    ("quality-rule-changed", B, "Quality", "Change",
     "the quality rule {name} asks for something else"),
    ("sla-gained", S, "Terms", "Add", "the service level {name} was promised"),
    ("sla-gained-breaks", B, "Terms", "Add", "the service level {name} is demanded now"),
    ("sla-lost", S, "Terms", "Remove", "the service level {name} is no longer demanded"),
    ("sla-lost-breaks", B, "Terms", "Remove", "the service level {name} is no longer promised"),
    ("sla-level-gained", S, "Terms", "Change", "{name} got better: {old} became {new}"),
    ("sla-level-gained-breaks", B, "Terms", "Change", "{name} is harder to keep: {old}, now {new}"),
    ("sla-level-lost", S, "Terms", "Change", "{name} is easier to keep: {old} became {new}"),
    ("sla-level-lost-breaks", B, "Terms", "Change", "{name} got worse: {old} became {new}"),
    ("sla-changed", B, "Terms", "Change", "the service level {name} changed from {old} to {new}"),
    ("server-gone", B, "Servers", "Remove", "the server {name} was removed"),
    ("server-changed", B, "Servers", "Change", "the server {name} is somewhere else"),
    ("server-come", S, "Servers", "Add", "the server {name} was added"),
    ("role-removed", B, "Access", "Remove", "the role {name} was removed"),
    ("role-added", S, "Access", "Add", "the role {name} was added"),
    ("role-access-changed", B, "Access", "Change", "{name} had access {old}, now {new}"),
    ("contract-identity-changed", R, "Identity", "Change", "the id changed from {old} to {new}"),
    ("status-changed", N, "Lifecycle", "Change", "the status changed from {old} to {new}"),
    ("price-changed", R, "Terms", "Change", "the price changed"),
    ("object-physical-name-changed", B, "Structure", "Change",
     "the physical name of {name} changed from {old} to {new}"),
    ("object-physical-type-changed", R, "Structure", "Change",
     "{name} was a {old} and is a {new}"),
    ("contract-version-step", R, "Lifecycle", "Change",
     "the changes ask for a {name} step, but the version went from {old} to {new}"),
)  # fmt: skip
RULES = {row[0]: Rule(row[0], row[1], Direction.BOTH, "Data contract", *row[2:]) for row in ROWS}


def rule(identity: str) -> Rule:
    return RULES[identity]
