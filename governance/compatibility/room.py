"""How deep a proof descends into a schema, and a stack that holds that depth.

Provers are compiled code: what overflows their stack ends the whole process.
"""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from governance.compatibility import limits

STACK_BYTES = 512 * 1024 * 1024
"""Reserved, not used, until someone descends that far."""
NAMES = ("$ref", "$dynamicRef")
T = TypeVar("T")
BUILDING = threading.Lock()


def depth(root: Any) -> int:
    """No way down is longer: no container is entered twice, no target of a reference either."""
    deepest, containers = 0, 0
    targets: set[str] = set()
    stack: list[tuple[Any, int]] = [(root, 1)]
    while stack:
        node, level = stack.pop()
        if isinstance(node, dict | list):
            containers += 1
            deepest = max(deepest, level)
            inside = node.values() if isinstance(node, dict) else node
            stack.extend((item, level + 1) for item in inside)
        if isinstance(node, dict):
            targets.update(text for text in map(node.get, NAMES) if isinstance(text, str))
    return min(containers, deepest * (len(targets) + 1))


def roomy(levels: int, work: Callable[[], T]) -> T:
    """The result of some work that may descend so many levels."""
    if levels <= limits.PLAIN_STACK:
        return work()
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    with BUILDING:
        before = threading.stack_size(STACK_BYTES)
        try:
            thread = threading.Thread(target=run)
            thread.start()
        finally:
            threading.stack_size(before)
    thread.join()
    if failed:
        raise failed[0]
    return done[0]
