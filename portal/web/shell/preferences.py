"""How a person wants the portal to look and to listen: kept in cookies, rendered by the server.

The theme stands in the first byte of the page, so nothing flashes. Single-letter keys can be turned
off, because speech input and shaky hands press them by accident (WCAG 2.1.4).
"""

THEMES = {"light": "light", "dark": "dark", "system": ""}
KEYS = {"on": "on", "off": "off"}
A_YEAR = 365 * 24 * 3600


def chosen(data: dict[str, str]) -> dict[str, str]:
    """The known preferences among posted fields."""
    allowed = {"theme": THEMES, "keys": KEYS}
    return {name: value for name, value in data.items() if value in allowed.get(name, ())}
