"""What a command ends with: CI decides by these alone."""

from enum import IntEnum


class Exit(IntEnum):
    """0 goes on; the others stop a pipeline, each for one reason."""

    FINE = 0
    BREAKS = 1
    """Incompatible, a red gate, or a change request that ended without being active."""
    NOT_CHECKED = 2
    """Nobody knows whether it breaks something."""
    REFUSED = 3
    """Bad input, or the portal refused: what to mend is on standard error."""
    PENDING = 4
    """People have not decided yet; or nothing new since the digest that is known."""
    UNREACHABLE = 5
    """The portal did not answer, or told to come back later: try again."""


class Stop(Exception):
    """Ends the command with a sentence."""

    def __init__(self, exit: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.exit = exit
