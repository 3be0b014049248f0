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
