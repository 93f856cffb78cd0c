"""The house is one corridor: a module imports only from modules above it."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
from places import ROOT

import reso_geo

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = Path(reso_geo.__file__).parent
ORDER = (
    "atomic_files", "i18n", "errors", "output_files", "choices", "records", "fingerprint",
    "parallel", "settings", "tables", "osm_files", "boundaries", "osm", "network", "travel",
    "demand", "coverage", "workload", "districting", "partition", "naming", "tiling", "rebalance",
    "assess", "plan", "plan_file", "plan_check", "growth", "maps", "report", "routes", "io", "cli",
    "__main__",
)  # fmt: skip
FILES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES, MOST_MODULES = 400, 15
NOT_FIRST = {
    "Ask", "Give", "Gives", "Lay", "Leave", "Let", "Name", "Note", "Put", "Say", "Take", "Tell",
}  # fmt: skip
"""Words that open no docstring of a function: Return, Compute, Write, List ... say what it does."""


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> list[str]:
    """Name what a file imports from reso_geo, also for type checking and inside functions."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            whole = f"{node.level * '.'}{node.module or ''}"
            found += [f"reso_geo.{a.name}" for a in node.names] if whole == "reso_geo" else [whole]
    return [name.removeprefix("reso_geo.") for name in found if name.startswith(("reso_geo", "."))]


def test_a_module_imports_only_from_modules_above_it() -> None:
    wrong = []
    for path in FILES:
        own = name_of(path).partition(".")[0]
        for name in imports_of(path):
            top = name.partition(".")[0]
            above = top in ORDER and (own in ("", top) or ORDER.index(top) < ORDER.index(own))
            wrong += [] if above else [f"{name_of(path)} imports {name}"]
    assert wrong == []


def test_submodules_of_a_package_do_not_import_each_other_in_circles() -> None:
    graph = nx.DiGraph((name_of(path), name) for path in FILES for name in imports_of(path))
    inside = [
        cycle for cycle in nx.simple_cycles(graph) if len({c.partition(".")[0] for c in cycle}) == 1
    ]
    assert inside == []


def test_a_file_can_be_read_in_one_sitting_and_a_folder_at_a_glance() -> None:
    tests = sorted((ROOT / "tests").rglob("*.py"))
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES + tests}
    assert {str(path): count for path, count in lines.items() if count > MOST_LINES} == {}
    modules = Counter(path.parent for path in lines if path.name != "__init__.py")
    folders = {str(path): count for path, count in modules.items() if path != PACKAGE}
    assert {name: count for name, count in folders.items() if count > MOST_MODULES} == {}


def test_tests_lie_in_folders_named_as_what_they_test() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")} - {ROOT / "tests"}
    assert {path.name for path in folders} <= set(ORDER)


def test_no_two_classes_have_one_name() -> None:
    where = defaultdict(list)
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                where[node.name].append(name_of(path))
    assert len(where) > 250
    assert {name: modules for name, modules in where.items() if len(modules) > 1} == {}


def test_docstrings_of_functions_open_with_what_these_do() -> None:
    first = {
        f"{name_of(path)}.{node.name}": said.split()[0]
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (said := ast.get_docstring(node))
    }
    assert len(first) > 1500
    assert {name: word for name, word in first.items() if word in NOT_FIRST} == {}


def public_functions(path: Path) -> list[Callable[..., object]]:
    """Return what a module exports and its classes define, but for what another library's ask."""
    module = importlib.import_module(f"reso_geo.{name_of(path)}".rstrip("."))
    exported = [getattr(module, name) for name in getattr(module, "__all__", ())]
    found = [thing for thing in exported if inspect.isfunction(thing)]
    for thing in filter(inspect.isclass, exported):
        above = [base for base in thing.__mro__ if not base.__module__.startswith("reso_geo")]
        found += [
            method
            for name, method in vars(thing).items()
            if inspect.isfunction(method)
            and not name.startswith("_")
            and not any(name in vars(base) for base in above)
        ]
    return found


def test_no_public_function_takes_any_keyword() -> None:
    functions = {
        function
        for path in FILES
        if path.name != "__main__.py"
        for function in public_functions(path)
    }
    assert len(functions) > 50
    loose = [
        function.__qualname__
        for function in functions
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is inspect.Parameter.VAR_KEYWORD
    ]
    assert loose == []


def test_public_names_are_sorted_and_there() -> None:
    assert list(reso_geo.__all__) == sorted(reso_geo.__all__)
    assert [name for name in reso_geo.__all__ if not hasattr(reso_geo, name)] == []


def test_names_that_a_module_exports_are_there() -> None:
    missing = []
    for path in FILES:
        if path.name == "__main__.py":
            assert imports_of(path) == ["cli"]
            continue
        module = importlib.import_module(f"reso_geo.{name_of(path)}".rstrip("."))
        exported = getattr(module, "__all__", ())
        missing += [f"{name_of(path)}.{name}" for name in exported if not hasattr(module, name)]
    assert missing == []


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    slow = {"folium", "geopandas", "matplotlib", "networkx", "osmnx", "pandas", "requests"}
    slow |= {"numpy", "pyproj", "scipy", "shapely", "reso_geo.assess", "reso_geo.plan"}
    code = "import sys, reso_geo.cli; print(*(name for name in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "reso_geo.cli.app" in loaded
    assert slow & set(loaded) == set()
