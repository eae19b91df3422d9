"""What the source writes to the audit, found by reading it: every action, object and detail that
stands in a call, and in the calls of functions that pass an action on; and which views of the
admin write nothing, neither by themselves nor by what they call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
_WRITERS = {"audit", "audit_and_warn", "record", "note"}
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_NO_DETAIL = {"action", "object_type", "object_id", "detail", "session", "now", "staff_id", "ip"}


@dataclass(slots=True)
class Written:
    actions: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    details: set[str] = field(default_factory=set)


def written() -> Written:
    found = Written()
    for folder in ("app", "worker"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            _read(ast.parse(path.read_text(encoding="utf-8")), found)
    return found


def _read(module: ast.Module, found: Written) -> None:
    passing = {
        node.name
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and "action" in {arg.arg for arg in _arguments(node)}
    }
    writers = _WRITERS | passing
    calls = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in writers
    ]
    writes = False
    for call in calls:
        actions = {text for part in call.args[:1] for text in _texts(part)}
        for word in call.keywords:
            if word.arg == "action":
                actions |= set(_texts(word.value))
        actions = {text for text in actions if _ACTION.fullmatch(text)}
        named = {word.arg for word in call.keywords}
        if not actions and "object_type" not in named:
            continue
        writes = True
        found.actions |= actions
        _read_call(call, found)
    if writes:
        found.actions |= set(_assigned(module))


def _read_call(call: ast.Call, found: Written) -> None:
    for word in call.keywords:
        if word.arg == "object_type":
            found.objects |= set(_texts(word.value))
        elif word.arg == "detail" and isinstance(word.value, ast.Dict):
            found.details |= {text for key in word.value.keys if key for text in _texts(key)}
        elif word.arg and word.arg not in _NO_DETAIL:
            found.details.add(word.arg)


def _assigned(module: ast.Module) -> Iterator[str]:
    """Actions that are chosen before the call."""
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and [
            target
            for target in node.targets
            if isinstance(target, ast.Name) and target.id == "action"
        ]:
            yield from _texts(node.value)


def _texts(node: ast.AST) -> list[str]:
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.args, *function.args.kwonlyargs]


_ADMIN = ROOT / "app" / "web" / "admin"
_Name = tuple[str, str]
"""A module and a name in it."""


def silent_posts() -> set[str]:
    """The views of the admin's POST routes from which no call leads to the audit."""
    calls: dict[_Name, set[_Name]] = {}
    posts: set[_Name] = set()
    for path in sorted(_ADMIN.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = _imported(tree)
        for one in tree.body:
            if isinstance(one, (ast.FunctionDef, ast.ClassDef)):
                calls[module, one.name] = set(_used(one, module, imported))
            if isinstance(one, ast.FunctionDef) and any(map(_takes_post, one.decorator_list)):
                posts.add((module, one.name))
    return {post[1] for post in posts if not _leads_to_audit(post, calls)}


def _imported(tree: ast.Module) -> dict[str, _Name]:
    return {
        one.asname or one.name: (node.module or "", one.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }


def _used(part: ast.AST, module: str, imported: dict[str, _Name]) -> Iterator[_Name]:
    for node in ast.walk(part):
        if isinstance(node, ast.Name):
            yield imported.get(node.id, (module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            package, name = imported.get(node.value.id, ("", ""))
            yield f"{package}.{name}", node.attr


def _takes_post(decorator: ast.expr) -> bool:
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
        return False
    return decorator.func.attr == "post" or "POST" in _texts(decorator)


def _leads_to_audit(begin: _Name, calls: dict[_Name, set[_Name]]) -> bool:
    seen, waiting = set(), [begin]
    while waiting:
        here = waiting.pop()
        if here == ("app.web.admin.record", "audit"):
            return True
        if here not in seen:
            seen.add(here)
            waiting += calls.get(here, ())
    return False
