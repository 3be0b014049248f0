"""The run-time pillar's door to the same wake-ups."""

from governance.nudges import nudge

__all__ = ["nudge"]
