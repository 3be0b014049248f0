"""The laws of the house: who may know whom, how large things may be, what is open to everybody."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny
from simple_history.models import HistoricalChanges

from portal.accounts.models import User
from portal.api.auth import ScopeRequired

ROOT = Path(__file__).resolve().parent.parent
PILLARS = ("portal", "integrations", "governance")
BIN = Path(sys.executable).parent
VERBS = ("get", "post", "put", "patch", "delete")
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50

PUBLIC = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    "account_email_verification_sent",
    "account_confirm_login_code",
    "mfa_authenticate",
    "api-schema",
    "api-docs",
    "api-client",
    "health_live",
    "health_ready",
    "hook",
    "preferences",
}
"""Every route that somebody who has not signed in may call; adding one is a decision."""

GUARDED_ELSEWHERE = "allauth."
"""allauth's own views ask for a sign-in themselves; the anonymous walk below proves it."""


def _sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


# Who may know whom


def test_imports_follow_the_law() -> None:
    told = _run(str(BIN / "lint-imports"))
    assert told.returncode == 0, told.stdout


def _place(model: type[models.Model]) -> tuple[str, str]:
    """Pillar and capability of a model's module."""
    pillar, _, rest = model.__module__.partition(".")
    return pillar, rest.partition(".")[0]


@cache
def _order(pillar: str) -> list[set[str]]:
    """The pillar's layers, highest first, as import-linter reads them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [layers] = [
        one["layers"] for one in contracts["contracts"] if one.get("containers") == [pillar]
    ]
    return [set(re.findall(r"\((\w+)\)", layer)) for layer in layers]


def _level(model: type[models.Model]) -> int:
    """0 is the highest layer of the pillar."""
    pillar, capability = _place(model)
    return next(n for n, names in enumerate(_order(pillar)) if capability in names)


def _own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith(PILLARS)]


def _links() -> Iterator[tuple[type[models.Model], Any]]:
    """Foreign keys among our own models; what history-keeping makes for itself left out."""
    own = _own_models()
    for model in own:
        if issubclass(model, HistoricalChanges):
            continue
        for field in model._meta.get_fields():
            linked = isinstance(field, models.ForeignKey | models.ManyToManyField)
            if linked and field.related_model in own:
                yield model, field


def test_foreign_keys_never_point_up_a_layer() -> None:
    upward = []
    for model, field in _links():
        target = field.related_model
        if target in {User, model}:
            continue
        here, there = _place(model)[0], _place(target)[0]
        if here == there:
            climbs = _level(target) < _level(model)
        else:
            climbs = PILLARS.index(there) < PILLARS.index(here)
        if climbs:
            upward.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert upward == []


def test_links_across_pillars_leave_no_trace_below() -> None:
    traces = [
        f"{model._meta.label}.{field.name}"
        for model, field in _links()
        if field.related_model is not User
        and _place(model)[0] != _place(field.related_model)[0]
        and field.remote_field.related_name != "+"
    ]
    assert traces == []


def test_accounts_refer_to_no_other_app() -> None:
    strangers = [
        f"{model._meta.label}.{field.name}"
        for model, field in _links()
        if model._meta.app_label == "accounts" and field.related_model._meta.app_label != "accounts"
    ]
    assert strangers == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# How large things may be


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_module_is_too_long() -> None:
    long = {_short(path): _lines(path) for path in _sources(*PILLARS, "tests")}
    assert {name: n for name, n in long.items() if n > LONGEST_MODULE} == {}


def test_most_modules_are_short() -> None:
    sizes = sorted(_lines(path) for path in _sources(*PILLARS))
    assert statistics.median(sizes) <= 80
    assert sizes[int(len(sizes) * 0.9)] <= 250


@cache
def _functions(*folders: str) -> dict[str, int]:
    """Lines of every function, its signature and docstring included."""
    return {
        f"{_short(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in _sources(*folders)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_function_is_too_long() -> None:
    found = _functions(*PILLARS) | _functions("tests")
    assert {name: n for name, n in found.items() if n > LONGEST_FUNCTION} == {}


def test_most_functions_are_short() -> None:
    sizes = sorted(_functions(*PILLARS).values())
    assert statistics.median(sizes) <= 8
    assert sizes[int(len(sizes) * 0.9)] <= 25


def test_no_function_is_too_complex() -> None:
    told = _run(str(BIN / "ruff"), "check", "--select", "C901", "--quiet", *PILLARS, "tests")
    assert told.returncode == 0, told.stdout


def test_no_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "common", "managers", "mixins", "misc"}
    names = [_short(path) for path in _sources(*PILLARS) if drawers & {path.stem, *path.parts}]
    assert names == []


def test_business_asks_one_clock() -> None:
    """Only `governance.clock` asks the computer, so that a firm may live on another day."""
    asked = re.compile(r"timezone\.(now|localdate|localtime)\(\)|datetime\.now\(|date\.today\(")
    allowed = {"governance/clock.py", "integrations/connectors/failures.py"}
    inventing = "portal/demo/"
    found = [
        _short(path)
        for path in _sources(*PILLARS)
        if asked.search(path.read_text()) and not _short(path).startswith(inventing)
    ]
    assert sorted(set(found) - allowed) == []


# What is open to everybody


def _routes() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Path, name and view of every route."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
        for entry in resolver.url_patterns:
            here = prefix + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield here, entry.name or "", entry.callback
            else:
                yield from walk(entry, here)

    return walk(get_resolver(), "/")


def _layers(view: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """The view and everything it wraps."""
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)  # type: ignore[assignment]


def _asks_for_a_person(view: Callable[..., Any]) -> bool:
    """Whether one of the shell's guards stands around it, whatever the view is called."""
    guards = ("signed_in.", "requires.")
    codes = [getattr(layer, "__code__", None) for layer in _layers(view)]
    return any(
        code.co_qualname.startswith(guards) and code.co_filename.endswith("web/shell/access.py")
        for code in codes
        if code is not None
    )


def _asks_for_a_scope(view: Callable[..., Any]) -> bool:
    """Whether it is a REST view under our permission class, with a row for each method."""
    rest = getattr(view, "cls", None)
    if rest is None:
        return False
    methods = {name.upper() for name in VERBS if hasattr(rest, name)}
    allowed = set(getattr(rest, "allow", {}))
    return rest.permission_classes == [ScopeRequired] and methods <= allowed


def test_every_route_asks_for_a_permission_or_is_public() -> None:
    open_routes = [
        f"{path} ({name or view.__name__})"
        for path, name, view in _routes()
        if name not in PUBLIC
        and not view.__module__.startswith(GUARDED_ELSEWHERE)
        and not _asks_for_a_person(view)
        and not _asks_for_a_scope(view)
    ]
    assert open_routes == []


def test_the_public_list_names_only_routes_that_exist() -> None:
    names = {name for _, name, _ in _routes()}
    assert PUBLIC - names == set()


def test_public_rest_routes_are_public_on_purpose() -> None:
    rest = [(name, view.cls) for _, name, view in _routes() if hasattr(view, "cls")]
    free = {name for name, cls in rest if AllowAny in cls.permission_classes}
    assert free <= PUBLIC


@pytest.mark.django_db
def test_nobody_gets_past_the_door_without_signing_in(client: Any) -> None:
    let_in = []
    for path, name, _ in _routes():
        if name in PUBLIC or re.search(r"[<(\\^?]", path):
            continue
        answer = client.get(path.removesuffix("$"))
        if answer.status_code not in {301, 302, 401, 403, 404, 405}:
            let_in.append(f"{path} answered {answer.status_code}")
    assert let_in == []


# What templates and services may not do


def test_fragments_never_extend() -> None:
    pages = [
        _short(path)
        for path in (ROOT / "templates").rglob("_*.html")
        if re.search(r"{%-?\s*extends\b", path.read_text())
    ]
    assert pages == []


def _tracked() -> set[str]:
    """Names of the history-tracked models, and of the accessors that lead to them."""
    tracked = [model for model in _own_models() if hasattr(model, "history")]
    accessors = {
        relation.get_accessor_name()
        for model in _own_models()
        for relation in model._meta.related_objects
        if relation.related_model in tracked and relation.related_name != "+"
    }
    return {model.__name__ for model in tracked} | accessors


def _names(node: ast.AST) -> set[str]:
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def _bulk_writes(path: Path, tracked: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        chain = _names(node.func.value)
        bulk = node.func.attr in {"bulk_create", "bulk_update"} or (
            node.func.attr == "update" and ("objects" in chain or chain & {"filter", "exclude"})
        )
        if bulk and chain & tracked:
            yield f"{_short(path)}:{node.lineno} {node.func.attr}"


def test_governed_rows_are_saved_one_by_one_so_that_history_sees_them() -> None:
    tracked = _tracked()
    assert "Flow" in tracked
    found = [hit for path in _sources(*PILLARS) for hit in _bulk_writes(path, tracked)]
    assert found == []


# What may not stand in the repository

MACHINE = re.compile(
    "|".join(
        first + rest
        for first, rest in (
            ("py", r"pi\.org"),
            ("python", r"hosted\.org"),
            ("registry", r"\.npm"),
            ("deb", r"\.debian\.org"),
            ("jsdel", r"ivr"),
            ("unp", r"kg\.com"),
            (r"(?<![\w.-])/wo", r"rk/"),
            (r"(?<![\w.-])/ro", r"ot/"),
            (r"(?<![\w.-])/ho", r"me/\w"),
        )
    )
)
READABLE = {
    *(".py", ".toml", ".txt", ".md", ".yaml", ".yml", ".html", ".css", ".js", ".json", ".svg"),
    *(".sh", ".cfg", ".ini", "", ".in"),
}


def _kept() -> Iterator[Path]:
    """Everything that git keeps or would keep; without git, everything but what is made."""
    listed = _run("git", "ls-files", "--cached", "--others", "--exclude-standard")
    if listed.returncode == 0:
        yield from (ROOT / name for name in listed.stdout.splitlines())
        return
    for path in ROOT.rglob("*"):
        if not {".venv", "var", ".git"} & set(path.relative_to(ROOT).parts):
            yield path


def test_no_registry_address_and_no_path_of_a_machine() -> None:
    found = [
        f"{_short(path)}:{number}"
        for path in _kept()
        if path.is_file() and path.suffix in READABLE
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert found == []
