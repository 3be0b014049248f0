"""`python -m portal.demo.psa`: the PSA in its own process."""

import argparse
from datetime import UTC, datetime
from functools import partial

from portal.demo.psa.server import Psa
from portal.demo.records import Records
from portal.demo.serving import Server, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", required=True, help="file of its records")
    parser.add_argument("--key", required=True, help="what callers send as bearer token")
    parser.add_argument("--every", type=float, default=4.0, help="seconds between time entries")
    given = parser.parse_args()
    psa = Psa(Records(given.state), key=given.key)
    psa.fill(now=datetime.now(UTC))
    run(Server(psa.app(), port=given.port), work=partial(psa.work, every=given.every))


if __name__ == "__main__":
    main()
