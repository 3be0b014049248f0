"""Start or stop the two real systems by hand: python tests/peers/serve.py start|stop|status

`start` begins with a fresh copy of the seeded firm, on the fixed ports 18700 (ERP) and 18710
(billing).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.peers.rig import FIXED_PORTS, HOME, Peer, answers, fresh_billing, fresh_erp


def peers() -> list[Peer]:
    return [Peer(name, HOME / "by-hand" / name, port) for name, port in FIXED_PORTS.items()]


def start() -> None:
    for make, name in ((fresh_erp, "erp"), (fresh_billing, "billing")):
        peer = make(HOME / "by-hand" / name, FIXED_PORTS[name]).start()
        print(f"{name}: {peer.url}, log {peer.log}")


def stop() -> None:
    for peer in peers():
        peer.stop()
        print(f"{peer.system}: stopped")


def status() -> None:
    for peer in peers():
        print(f"{peer.system}: {'up' if answers(peer.port) else 'down'} at {peer.url}")


def main() -> int:
    asked = {"start": start, "stop": stop, "status": status}.get("".join(sys.argv[1:2]))
    if asked is None:
        print(__doc__)
        return 2
    asked()
    return 0


if __name__ == "__main__":
    sys.exit(main())
