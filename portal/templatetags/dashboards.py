"""Looking things up by name in a dashboard's templates."""

from collections.abc import Mapping
from typing import TypeVar

from django import template

register = template.Library()
T = TypeVar("T")


@register.filter
def at(found: Mapping[str, T], name: str) -> T | None:
    """What stands under a name."""
    return found.get(name)
