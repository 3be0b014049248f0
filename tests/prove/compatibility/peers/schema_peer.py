"""Reads cases as JSON lines, prints {id, breaking, ms}; needs jsonsubschema."""

import json
import signal
import sys
from time import perf_counter
from typing import Any

from jsonsubschema import isSubschema

LIMIT_S = 5


def late(*_: Any) -> None:
    raise TimeoutError


signal.signal(signal.SIGALRM, late)
for line in sys.stdin:
    case = json.loads(line)
    started = perf_counter()
    signal.alarm(LIMIT_S)
    try:
        breaking = not isSubschema(case["old"], case["new"])
    except BaseException:
        breaking = None
    signal.alarm(0)
    ms = (perf_counter() - started) * 1000
    print(json.dumps({"id": case["id"], "breaking": breaking, "ms": ms}), flush=True)
