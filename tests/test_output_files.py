"""Every file is written aside, flushed and renamed: whole, or as it was before."""

from __future__ import annotations

import ast
import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from drawing import draw

import reso_geo
from reso_geo.cli import main
from reso_geo.errors import OutputError, PlanError
from reso_geo.i18n import Phrase
from reso_geo.output_files import output_file, output_folder

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = Path(reso_geo.__file__).parent
WRITING = {
    "write_text", "write_bytes", "to_file", "to_csv", "to_excel", "to_parquet", "savefig", "save",
    "write_dataframe", "SimpleWriter", "PdfPages", "copyfile", "copy", "copytree", "move", "rename",
    "mkdir", "touch", "symlink_to", "NamedTemporaryFile", "mkstemp", "mkdtemp",
}  # fmt: skip
"""Names of what writes files; ``open`` and ``ZipFile`` for writing, and ``replace`` of a path."""
ALLOWED = {
    "atomic_files": "the writer itself",
    "tables.template": "each format of an example gets its path from the writer",
    "maps.print.save": "each kind of picture gets its path from the writer",
    "cli.standard_output": "the standard output is opened again",
    "plan_file.projects": "a project of QGIS is packed in memory",
    "plan_file.connect": "a plan is read as a copy in a temporary folder",
    "boundaries.exchange": "a shapefile is read as a copy in a temporary folder",
    "osm_files.sorting": "a source out of order is sorted in a temporary folder",
    "report.tables.xlsx": "a workbook is made in memory",
    "report.tables.reproducible_zip": "an office file is packed in memory",
    "report.note.word": "a letter is made in memory",
    "maps.print.small_figure": "a picture is drawn in memory",
}
"""Modules that may name such a thing outside of a block of the writer, and why."""


def writes(call: ast.Call) -> bool:
    """Return whether a call writes a file, as far as its name and its words tell."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    words = [each.value for each in call.args if isinstance(each, ast.Constant)]
    if name in ("open", "ZipFile"):
        return any(isinstance(word, str) and set(word) & set("wax+") for word in words[:2])
    if name == "replace":  # that of a text has two arguments
        return isinstance(call.func, ast.Attribute) and len(call.args) == 1 and not call.keywords
    if name in ("copy", "move"):  # not that of an array, or of a point
        return getattr(getattr(call.func, "value", None), "id", "") == "shutil"
    return name in WRITING


def in_writers_block(tree: ast.AST) -> set[ast.AST]:
    """Return all that stands in a block of the writer."""
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.With):
            writers = {
                getattr(getattr(item.context_expr, "func", None), "id", "") for item in node.items
            }
            if writers & {"output_file", "output_folder"}:
                inside |= set(ast.walk(node))
    return inside


def test_every_file_is_written_through_the_one_writer() -> None:
    found: dict[str, list[int]] = {}
    through = 0
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = in_writers_block(tree)
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and writes(node):
                through += node in inside
                if node not in inside:
                    found.setdefault(name, []).append(node.lineno)
    assert through > 10
    assert {name: lines for name, lines in found.items() if name not in ALLOWED} == {}
    assert set(ALLOWED) - set(found) == set(), "allowed for nothing"


def test_only_the_writer_knows_how_a_file_is_written_aside() -> None:
    users = {
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and {alias.name for alias in node.names} & {"write_aside", "write_together"}
    }
    assert users == {"output_files.py"}


def refuse(kind: int) -> Callable[..., None]:
    def refused(*_: object) -> None:
        raise OSError(kind, os.strerror(kind))

    return refused


FAULTS = {
    "the disk is full": ("os.fsync", errno.ENOSPC, "le disque est plein"),
    "the rename is refused": ("os.replace", errno.EACCES, "permission refusée"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refusal_leaves_the_old_file_and_no_other(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, kind, words = FAULTS[fault]
    monkeypatch.chdir(tmp_path)
    old = Path("old.txt")
    old.write_text("old")
    monkeypatch.setattr(where, refuse(kind))
    for path in (old, Path("a/b/new.txt")):
        with pytest.raises(OutputError) as caught, output_file(path) as aside:
            aside.write_text("new")
        told = caught.value.message.say("fr")
        assert told.startswith(f"{path} : écriture impossible ({words}).")
        assert caught.value.where == str(path)
    assert old.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["old.txt"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_folder_of_files_is_refused_as_a_whole_with_the_path_that_was_typed(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, kind, _ = FAULTS[fault]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(where, refuse(kind))
    with (
        pytest.raises(OutputError) as caught,
        output_folder(Path("plans/one")) as folder,
        output_file(folder / "plan.txt", "plan_file.unwritable") as aside,
    ):
        aside.write_text("new")
    assert caught.value.where == str(Path("plans/one/plan.txt"))
    assert caught.value.code == "plan_file.unwritable"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_put_in_its_place_takes_the_others_of_a_new_folder_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, folder = os.replace, tmp_path / "new"

    def second_refused(old: Path, new: Path) -> None:
        if Path(new) == folder / "b.txt":
            raise PermissionError(errno.EACCES, "Permission denied", str(old), None, str(new))
        replace(old, new)

    monkeypatch.setattr("os.replace", second_refused)

    def write() -> None:
        with output_folder(folder) as aside:
            for name in ("a.txt", "b.txt"):
                with output_file(aside / name) as path:
                    path.write_text(name)

    with pytest.raises(OutputError):
        write()
    assert list(tmp_path.iterdir()) == []


TARGETS = {
    "a folder": ("folder", "c'est un dossier"),
    "inside a file": ("file.txt/new.txt", "un fichier tient la place d'un dossier"),
    "too long a name": (f"{'x' * 300}.txt", "le nom est trop long"),
    "in a folder of too long a name": (f"{'x' * 300}/new.txt", "le nom est trop long"),
    "a device": (os.devnull, "ce nom est déjà pris"),
}


@pytest.mark.parametrize("name", TARGETS)
def test_what_cannot_be_a_file_is_refused_in_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, words = TARGETS[name]
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file.txt").write_text("")
    with pytest.raises(OutputError) as caught, output_file(Path(target)) as aside:
        aside.write_text("new")
    assert caught.value.message.say("fr").startswith(f"{target} : écriture impossible ({words}).")
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["file.txt", "folder"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_can_only_be_read_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="permission denied"), output_file(tmp_path / "a"):
            pass
    finally:
        tmp_path.chmod(0o700)


def full_database() -> sqlite3.OperationalError:
    return sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (full_database(), "(the disk is full)"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "(the disk did not"),
    ],
)
def test_a_refusal_in_the_words_of_a_library_is_told_in_ours(
    raised: Exception, words: str, tmp_path: Path
) -> None:
    with pytest.raises(OutputError) as caught, output_file(tmp_path / "a.gpkg"):
        raise raised
    assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_content_is_not_taken_for_one_of_the_disk(tmp_path: Path) -> None:
    for error in (KeyError("x"), RuntimeError("x"), PlanError(Phrase("cli.compare_one"))):
        with pytest.raises(type(error)) as caught, output_file(tmp_path / "new" / "a.txt"):
            raise error
        assert caught.value is error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_writer_that_is_killed_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("old")
    code = """
        import os, signal, sys
        from pathlib import Path
        from reso_geo.output_files import output_file
        with output_file(Path(sys.argv[1])) as aside:
            aside.write_text("new, but not all of i")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two beats of ten streets, and what they were made from."""
    folder = tmp_path_factory.mktemp("made")
    streets = draw("A-B-C-D\n| | | |\nE-F-G-H", step_m=60.0).write(folder / "streets.osm.pbf")
    assert run("plan", streets, "--officers", "2", "--out", folder / "plan", "--quiet") == 0
    return folder


def run(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


BEAT = ("--beat", "STR-01")
OUTPUTS = {
    **{f"map.{end}": ("map", "PLAN") for end in ("html", "png", "pdf")},
    **{f"table.{end}": ("report", "PLAN") for end in ("xlsx", "csv", "md")},
    **{f"note.{end}": ("report", "PLAN", "--kind", "note") for end in ("docx", "pdf")},
    **{f"tour.{end}": ("route", "PLAN", *BEAT) for end in ("gpx", "geojson")},
    **{f"who.{end}": ("cover", "PLAN", "--absent", "STR-01") for end in ("csv", "geojson", "xlsx")},
    **{
        f"sector.{end}": (
            "assess",
            "PLAN",
            *BEAT,
            "--no-fixes",
            "--mode",
            "foot",
            "--season",
            "summer",
        )
        for end in ("md", "docx", "geojson", "gpkg")
    },
    "checked.gpkg": ("check", "PLAN"),
    **{f"example.{end}": ("template", "anchors") for end in ("csv", "xlsx", "geojson")},
    "posts.csv": ("posts", "STREETS"),
    "plan": ("plan", "STREETS", "--officers", "2"),
    "rebalanced": ("rebalance", "PLAN", "--officers", "3"),
    "ladder": ("grow", "PLAN", "--officers", "3"),
}


def words_of(name: str, made: Path) -> list[str]:
    """Return the words of a command, with the files that they name."""
    files = {"PLAN": made / "plan" / "plan.gpkg", "STREETS": made / "streets.osm.pbf"}
    return [str(files.get(word, word)) for word in OUTPUTS[name]]


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_full_disk_ends_every_command_with_one_line_and_the_path_that_was_typed(
    name: str,
    made: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.fsync", refuse(errno.ENOSPC))
    stands_for = {
        "PLAN": str(made / "plan" / "plan.gpkg"),
        "STREETS": str(made / "streets.osm.pbf"),
    }
    words = [stands_for.get(word, word) for word in OUTPUTS[name]]
    assert run(*words, "--out", f"new/{name}", "--lang", "fr") == 2
    told = capsys.readouterr().err
    assert told.startswith("Erreur : ")
    assert told.count("\n") == 1
    assert f"new/{name}" in told
    assert "le disque est plein" in told
    assert ".reso_geo-" not in told
    assert list(tmp_path.iterdir()) == []


NO_ROOM = """
import contextlib, io, json, resource, sys
from reso_geo.cli import main

told = {}
resource.setrlimit(resource.RLIMIT_FSIZE, (600, resource.RLIM_INFINITY))
for name, words in json.loads(sys.stdin.read()).items():
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        try:
            main([*words, "--out", f"new/{name}", "--lang", "en"])
        except SystemExit as ended:
            told[name] = (ended.code, errors.getvalue())
print(json.dumps(told))
"""


def test_a_library_that_finds_no_room_ends_as_a_full_disk_does(made: Path, tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="needs a limit on the size of files")
    names = ("map.pdf", "map.png", "table.xlsx", "note.docx", "sector.gpkg", "checked.gpkg", "plan")
    asked = json.dumps({name: words_of(name, made) for name in names})
    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM],
        input=asked, capture_output=True, text=True, cwd=tmp_path, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    assert set(told) == set(names)
    for name, (code, line) in told.items():
        assert code == 2, name
        assert line.startswith(f"Error: new/{name}"), line
        assert line.count("\n") == 1, line
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_all_kinds_of_files_are_there_when_nothing_is_refused(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(made / "plan" / "plan.gpkg", "p.gpkg")
    for name in ("map.html", "tour.gpx", "who.geojson", "checked.gpkg"):
        words = [word.replace("PLAN", "p.gpkg") for word in OUTPUTS[name]]
        assert run(*words, "--out", f"new/{name}", "--quiet") == 0
        assert [each.name for each in Path("new").iterdir()] == [name]
        shutil.rmtree("new")
