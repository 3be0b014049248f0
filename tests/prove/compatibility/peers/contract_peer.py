"""Reads cases as JSON lines, prints {id, breaking, ms}; needs datacontract-cli."""

import json
import logging
import sys
from time import perf_counter

from datacontract.data_contract import DataContract

logging.disable(logging.CRITICAL)
for line in sys.stdin:
    case = json.loads(line)
    started = perf_counter()
    try:
        old, new = (
            DataContract(data_contract_str=json.dumps(case[side]), inline_references=False)
            for side in ("old", "new")
        )
        breaking = old.breaking(new, perspective=case["perspective"]).is_breaking
    except Exception:
        breaking = None
    ms = (perf_counter() - started) * 1000
    print(json.dumps({"id": case["id"], "breaking": breaking, "ms": ms}), flush=True)
