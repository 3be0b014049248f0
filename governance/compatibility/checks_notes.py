"""What stands beside the shape: discriminators, embedded content, lifecycle, meaning."""

from typing import Any

from governance.compatibility import findings, lifecycles, meanings
from governance.compatibility.api_rules import rule
from governance.compatibility.checks_objects import PARTS
from governance.compatibility.crawl import Crawl, Pair, note
from governance.compatibility.policies import Policy


def check_discriminator(crawl: Crawl, pair: Pair) -> None:
    old, new = (view.words.get("discriminator") for view in (pair.old, pair.new))
    if old is None and new is None:
        return
    if old is None or new is None:
        note(pair, f"discriminator-{'added' if old is None else 'removed'}", "discriminator")
        return
    before, after = _discriminator(old), _discriminator(new)
    if before[0] != after[0]:
        words = {"old": before[0], "new": after[0]}
        note(pair, "discriminator-property-name-changed", "discriminator", **words)
    for value in {**before[1], **after[1]}:
        _mapping(pair, value, before[1].get(value), after[1].get(value))


def _discriminator(value: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(value, str):
        return value, {}
    if not isinstance(value, dict):
        return "", {}
    mapping = value.get("mapping")
    return str(value.get("propertyName", "")), mapping if isinstance(mapping, dict) else {}


def _mapping(pair: Pair, value: str, old: Any, new: Any) -> None:
    if old == new:
        return
    event = "added" if old is None else ("deleted" if new is None else "changed")
    words = {"old": f"{value} to {old}", "new": f"{value} to {new}"}
    note(pair, f"discriminator-mapping-{event}", "discriminator", **words)


def check_content(crawl: Crawl, pair: Pair) -> None:
    for keyword, event in (
        ("contentMediaType", "content-media-type-changed"),
        ("contentEncoding", "content-encoding-changed"),
    ):
        old, new = pair.old.words.get(keyword), pair.new.words.get(keyword)
        if old != new:
            note(pair, event, keyword, old=old or "none", new=new or "none")


def check_meaning(crawl: Crawl, pair: Pair) -> None:
    """Semantic annotations (`x-unit`, `x-currency`, ...) in any spelling."""
    for event, keyword, words in meanings.changes(pair.old.words, pair.new.words):
        note(pair, event, keyword, **words)


def check_unknown(crawl: Crawl, pair: Pair) -> None:
    """Extensions that demand something of readers and are not known here say so."""
    for keyword in ("$recursiveRef", "$dynamicRef"):
        if pair.old.words.get(keyword) != pair.new.words.get(keyword):
            crawl.skip("both", pair.new.place(keyword), f"{keyword} is not followed here")


class PropertyLifecycles:
    """Deprecation and stability of properties, under a policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __call__(self, crawl: Crawl, pair: Pair) -> None:
        row = pair.context.row
        if row.strict or row.contract or row.inner in PARTS:
            return
        for name in pair.changed:
            before = crawl.old.view(pair.old.properties[name])
            after = crawl.new.view(pair.new.properties[name])
            if before.words.keys() & INTERESTING or after.words.keys() & INTERESTING:
                self.look(pair, name, before.words, after.words)

    def look(self, pair: Pair, name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        way = pair.context.row.direction.value
        names = lifecycles.property_names(way)
        stability = lifecycles.stability_of(new)
        for identity, before, after in lifecycles.changes(old, new, names, self.policy, stability):
            self.report(pair, name, identity, before, after)
        for step, before, after in lifecycles.stability_change(old, new):
            if step != "invalid":
                self.report(pair, name, f"{way}-property-stability-{step}", before, after)

    def report(self, pair: Pair, name: str, identity: str, old: str, new: str) -> None:
        places = pair.old.properties[name].pointer, pair.new.properties[name].pointer
        words = {"name": repr(name), "old": old, "new": new}
        pair.findings.append(findings.make(rule(identity), *places, **words))


INTERESTING = {"deprecated", "x-sunset", "sunset", "x-stability-level"}
CHECKS = (check_discriminator, check_content, check_meaning, check_unknown)
