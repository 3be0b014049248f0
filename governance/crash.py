"""Named points at which a chaos test makes this process kill itself."""

import os
import signal
from itertools import count

_name, _, _turn = os.environ.get("CRASH_AT", "").partition(":")
_passes = count(1)


def point(name: str) -> None:
    """With `CRASH_AT=name:n`: SIGKILL to ourselves at the n-th pass; otherwise nothing."""
    if name == _name and next(_passes) == int(_turn or "1"):
        os.kill(os.getpid(), signal.SIGKILL)
