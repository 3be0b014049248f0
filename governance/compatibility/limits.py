"""How much is read and compared; beyond it a clear refusal or *not checked*, never a hang."""

MAX_BYTES = 24_000_000
MAX_YAML_BYTES = 8_000_000
"""YAML is read 20 times slower than JSON."""
MAX_DEPTH = 200
MAX_NODES = 3_000_000

MAX_PAIRS = 400_000
"""Pairs of schemas that one comparison visits."""
MAX_PROOF_NODES = 10_000
"""Schema nodes beyond which containment is not asked for."""
MAX_LOCAL_NODES = 400
"""The same for one place inside a larger comparison."""
MAX_RESOLVE_HOPS = 64
"""`$ref` to `$ref` to `$ref`: longer chains are not followed."""
MAX_BRANCHES = 64
"""Branches of one `anyOf` or `oneOf` that are matched with each other."""
MAX_PATTERN = 2_000
"""Letters of one regular expression; reasoning about longer ones takes minutes."""
MAX_PATTERNS = 20_000
"""Letters of all regular expressions of one schema."""
MAX_CHAIN = 150
"""Schemas that apply to the same value through each other, one inside the other."""
MAX_STACK = 60_000
"""Levels that a proof may descend; beyond `PLAIN_STACK` it gets a stack of its own."""
PLAIN_STACK = 250
MAX_SECONDS = 20.0
"""Time for walking two documents; what was not reached by then is named."""
MAX_SEARCH_SECONDS = 5.0
"""Time for one search for a payload."""
MAX_NAMED = 2_000_000
"""Names of operations beside all findings together."""
MIN_NAMED = 50
"""Names of operations that a finding has in any case."""
