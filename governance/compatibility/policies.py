"""What a firm decides about grades of change: data, never code."""

from dataclasses import dataclass, field
from datetime import date

from governance.compatibility.rules import Level


@dataclass(frozen=True)
class Tolerance:
    """One consumer lives with some rules, everywhere or at places under a pointer."""

    rules: frozenset[str]
    consumer: str = ""
    under: str = ""
    level: Level = Level.INFO


@dataclass(frozen=True)
class Policy:
    """Defaults are those of the open world: readers ignore what they do not know."""

    open_enums: bool | None = None
    """Readers cope with values that were not listed; False makes a new one breaking. None: those
    of an API cope, those of a data contract rely on its list."""
    open_content: bool = True
    """Readers ignore properties they do not know; False makes a new one breaking."""
    required_with_default_breaks: bool = True
    """A required addition that has a default is breaking all the same."""
    risky_breaks: bool = False
    """Treat risky findings as breaking."""
    sunset_days: dict[str, int] = field(default_factory=dict)
    """Least notice in days by stability (`stable`, `beta`); none asks for no sunset at all."""
    today: date | None = None
    """The day of the comparison; without it no sunset has been reached."""
    perspective: str = "consumer"
    """Of data contracts: judge for those who read (`consumer`) or who write (`producer`)."""
    consumer: str = ""
    """Judge for this consumer: its tolerances apply."""
    tolerances: tuple[Tolerance, ...] = ()
    levels: dict[str, Level] = field(default_factory=dict)
    """Levels of single rules, by id."""
    uses: frozenset[str] = frozenset()
    """Names of fields (dotted paths) that our mappings and consumers read or write."""
    waivers: dict[str, str] = field(default_factory=dict)
    """Fingerprints that were accepted, with the reason."""

    def notice(self, stability: str) -> int:
        """Days of notice that a deprecation needs."""
        return self.sunset_days.get(stability or "stable", 0)


OPEN_ENUM_RULES = ("enum-value-added",)
CONTENT_RULES = (
    "response-optional-property-added",
    "response-required-property-added",
    "response-property-additional-properties-opened",
    "response-body-additional-properties-opened",
)
