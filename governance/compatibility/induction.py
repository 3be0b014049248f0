"""A proof for schemas that refer to themselves: every pair of parts keeps what it accepts.

Sound only where parts are judged one by one, so views with keywords that look at each other, or
that turn with what is inside them (`not`, `oneOf`, `if`, counts, `unevaluated*`), prove nothing.
"""

from governance.compatibility.crawl import Crawl, Key, Pair
from governance.compatibility.rules import Level
from governance.compatibility.views import View

ALONE = {"items", "additionalProperties", "propertyNames"}
HARMLESS = (Level.SAFE, Level.INFO)


def holds(crawl: Crawl, root: Key) -> bool:
    """Did no part, however deep, lose anything that it accepted?"""
    crawl.run()
    if crawl.not_checked:
        return False
    seen, stack = {root}, [root]
    while stack:
        pair = crawl.pairs[stack.pop()]
        if not _kept(pair):
            return False
        fresh = [key for key in pair.children if key not in seen]
        seen.update(fresh)
        stack.extend(fresh)
    return True


def _kept(pair: Pair) -> bool:
    old, new = pair.old, pair.new
    if not (_plain(old) and _plain(new)) or len(old.prefix) != len(new.prefix):
        return False
    closing = "additionalProperties" in old.subs or "additionalProperties" in new.subs
    if closing and old.properties.keys() != new.properties.keys():
        return False
    if len(old.choices.get("anyOf", ())) != len(new.choices.get("anyOf", ())):
        return False
    return all(finding.level in HARMLESS for finding in pair.findings)


def _plain(view: View) -> bool:
    turning = view.nots or view.conditions or view.patterns or view.dependent or view.needs
    return not turning and "oneOf" not in view.choices and not view.subs.keys() - ALONE
