"""The first words of the day."""

from datetime import datetime


def greeting(name: str, now: datetime) -> str:
    """`Good morning, Marta.` by the clock of the reader."""
    if 5 <= now.hour < 12:
        return f"Good morning, {name}."
    if 12 <= now.hour < 18:
        return f"Good afternoon, {name}."
    return f"Good evening, {name}."
