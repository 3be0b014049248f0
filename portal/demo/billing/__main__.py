"""`python -m portal.demo.billing`: the billing system in its own process."""

import argparse

from portal.demo.billing.server import Billing
from portal.demo.billing.tokens import Tokens
from portal.demo.records import Records
from portal.demo.serving import Server, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", required=True, help="file of its records")
    parser.add_argument("--client", required=True, help="client id and secret, joined by a colon")
    given = parser.parse_args()
    client_id, _, secret = given.client.partition(":")
    billing = Billing(Records(given.state), tokens=Tokens(client_id=client_id, secret=secret))
    run(Server(billing.app(), port=given.port))


if __name__ == "__main__":
    main()
