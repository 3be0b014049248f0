"""Looking up by a name that the template was given."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def form_of(forms: Mapping[str, Any], name: str) -> Any:
    """The entry of that name, or None."""
    return forms.get(name)
