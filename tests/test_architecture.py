"""The shape of the source: who may import whom, what loads when, and that files stay small."""

from __future__ import annotations

import ast
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import formcheck

PACKAGE = Path(formcheck.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
LEVELS = (
    {"errors", "ends"},
    {"blame", "streams"},
    {"data"},
    {"core"},
    {"rules"},
    {"session"},
    {"inputs", "outputs"},
    {"live", "analyze", "batch", "evaluate", "doctor"},
    {"commands"},
    {"arguments"},
    {"cli"},
    {"__main__"},
)
"""From the bottom to the top: a room imports from lower levels, from itself, and from nothing beside it."""
LEVEL = {room: number for number, level in enumerate(LEVELS) for room in level}
FACE = "__init__"
"""The package itself: its version may be asked for anywhere, its names load on first use."""
PURE = ("core", "rules")
OUTSIDE = {"numpy", "scipy"}
HOMES = {"mediapipe": {"inputs/pose.py", "doctor.py"}, "msgspec": {"data/gate.py"}}
LONGEST = 300


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported anywhere in it, those within functions too, with full names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports say the whole name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_used(path: Path) -> set[str]:
    inside = [name.split(".") for name in imported(tree_of(path)) if name.split(".")[0] == "formcheck"]
    return {parts[1] if len(parts) > 1 and parts[1] in LEVEL else FACE for parts in inside}


def test_every_room_has_its_level() -> None:
    rooms = {room_of(path) for path in FILES} - {FACE}
    assert rooms <= set(LEVEL), f"say where {rooms - set(LEVEL)} belong"


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) != FACE], ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    own = room_of(path)
    for room in rooms_used(path) - {own, FACE}:
        assert LEVEL[room] < LEVEL[own], f"{name_of(path)} imports formcheck.{room}"


def test_the_check_above_sees_imports() -> None:
    assert rooms_used(PACKAGE / "session.py") >= {"core", "rules", "data"}
    inner = ast.parse("def f():\n    from formcheck.outputs import tables\n    import formcheck.cli")
    assert list(imported(inner)) == ["formcheck.outputs.tables", "formcheck.cli"]


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) in (*PURE, "data", "session")], ids=name_of)
def test_core_and_rules_know_numbers_only(path: Path) -> None:
    allowed = OUTSIDE | set(sys.stdlib_module_names) | {"formcheck"}
    allowed |= {module for module, homes in HOMES.items() if name_of(path) in homes}
    assert {name.split(".")[0] for name in imported(tree_of(path))} <= allowed


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) in PURE], ids=name_of)
def test_core_and_rules_open_no_files(path: Path) -> None:
    tree = tree_of(path)
    assert not {"pathlib", "io", "os", "shutil", "tempfile", "socket"} & {n.split(".")[0] for n in imported(tree)}
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {f.id if isinstance(f, ast.Name) else f.attr for f in calls if isinstance(f, ast.Name | ast.Attribute)}
    assert not called & {
        "open",
        "print",
        "input",
        "read_text",
        "write_text",
        "save",
        "load",
        "savez",
        "tofile",
    }


@pytest.mark.parametrize("module", HOMES)
def test_such_libraries_have_one_home(module: str) -> None:
    users = {name_of(p) for p in FILES if any(n.split(".")[0] == module for n in imported(tree_of(p)))}
    assert users <= HOMES[module]
    assert users


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_are_small_and_say_what_they_are_for(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST
    assert ast.get_docstring(tree_of(path))


def test_functions_are_short() -> None:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    functions = [(p, node) for p in FILES for node in ast.walk(tree_of(p)) if isinstance(node, kinds)]
    assert [f"{name_of(p)}: {f.name}" for p, f in functions if lines_of(f) > 50] == []


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Without the docstring: that of a rule is its manual."""
    text = function.body[0] if ast.get_docstring(function) else None
    docstring = (text.end_lineno or 0) - text.lineno + 1 if text else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


# ---------------------------------------------------------------- what loads when


def python(program: str) -> str:
    """What a program prints in a fresh interpreter that sees this package."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


HEAVY = "{'cv2', 'mediapipe', 'av', 'jinja2', 'scipy', 'matplotlib', 'pandas'}"


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert python(f"import formcheck, sys; print({HEAVY} & set(sys.modules))") == "set()\n"


def test_judging_a_recording_needs_neither_pictures_nor_a_model() -> None:
    path = Path(__file__).parent / "data" / "two_reps.npz"
    program = f"import formcheck, sys; r = formcheck.replay({str(path)!r}); print(len(r.reps))"
    found = python(f"{program}; print({{'cv2', 'mediapipe', 'av', 'jinja2'}} & set(sys.modules))")
    assert found == "2\nset()\n"


def seconds(program: str) -> float:
    return float(python(f"import time; t = time.perf_counter(); {program}; print(time.perf_counter() - t)"))


def test_importing_the_package_is_as_quick_as_numpy() -> None:
    """Each pair is measured side by side, so that a slow or busy machine slows both; with scipy it would be ten."""
    pairs = [(seconds("import formcheck"), seconds("import numpy")) for _ in range(5)]
    assert statistics.median(ours / theirs for ours, theirs in pairs) < 2


def test_public_names_are_there() -> None:
    assert len(set(formcheck.__all__)) == len(formcheck.__all__)
    for name in formcheck.__all__:
        assert getattr(formcheck, name) is not None
    assert set(formcheck.__all__) <= set(dir(formcheck))


@pytest.mark.parametrize("before", ["formcheck.replay", "formcheck.analyze", "import formcheck.session, formcheck.cli"])
def test_public_names_stay_what_they_are_whatever_was_loaded(before: str) -> None:
    """A module of the same name becomes an attribute of the package when it is loaded, and would hide it."""
    modules = "[n for n in formcheck.__all__ if isinstance(getattr(formcheck, n), type(formcheck))]"
    assert python(f"import formcheck; {before}; print({modules})") == "[]\n"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        formcheck.analyse  # noqa: B018
