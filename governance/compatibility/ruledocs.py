"""The rule table as a page: `python -m governance.compatibility.ruledocs` prints it."""

import sys
from collections.abc import Iterable

from governance.compatibility import api_rules, contract_rules, rules
from governance.compatibility.rules import Rule

INTRODUCTION = """\
# Rules of comparison

Generated from the rule table by `python -m governance.compatibility.ruledocs`; do not edit.

A finding carries the id of its rule. Ids follow oasdiff's vocabulary where it has a name for the
change. Levels: **breaking** makes a comparison incompatible; **risky** may break some; **safe**
changes what is promised without breaking anyone; **info** changes nothing that is promised. A
policy can set the level of any rule (`levels`), for one consumer or one place (`tolerances`).

Schema rules are named by place and event. Places: `request-body`, `request-property`,
`request-parameter`, `request-parameter-property`, `response-body`, `response-property`,
`response-header`; `field` and `input-field` for data contracts as readers and writers see them;
`schema` (backward) and `reader` (forward) for JSON Schema, where containment is proven or a payload
against it is shown, and a rule that turns out harmless is lowered to safe.
"""


def everything() -> list[Rule]:
    """All rules by id."""
    listed = (*api_rules.RULES.values(), *contract_rules.RULES.values(), *rules.schema_rules())
    return sorted({rule.id: rule for rule in listed}.values(), key=lambda rule: rule.id)


def page(listed: Iterable[Rule]) -> str:
    lines = [INTRODUCTION, "| rule | level | direction | area | kind | action | says |"]
    lines.append("|---|---|---|---|---|---|---|")
    for rule in listed:
        cells = (
            f"`{rule.id}`",
            rule.level.value,
            rule.direction.value,
            rule.area,
            rule.kind,
            rule.action,
            rule.message.replace("{", "*").replace("}", "*"),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(everything()))
