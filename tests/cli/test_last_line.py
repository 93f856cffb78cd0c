"""Whatever happens, a command ends with one sentence, a stable exit code, and JSON if asked."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sqlite3
import string
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NoReturn

import pytest
from drawing import draw
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reso_geo.boundaries.lookup
import reso_geo.demand.anchors
import reso_geo.network
import reso_geo.plan_file.read
import reso_geo.settings.read
from reso_geo.atomic_files import data_file
from reso_geo.cli import main
from reso_geo.cli.commands import built_in
from reso_geo.cli.console import Output
from reso_geo.errors import InfeasibleError, PlanError, ResoGeoError
from reso_geo.i18n import Phrase, say

COMMANDS = (
    "plan", "map", "report", "assess", "posts", "cover", "route", "check", "rebalance", "grow",
    "download", "template", "boundaries", "demo",
)  # fmt: skip


def run(*words: str | Path) -> tuple[int, str, str]:
    """Run a command in this process; return its exit code and what it wrote."""
    out, errors = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
        pytest.raises(SystemExit) as stop,
    ):
        main([str(word) for word in words])
    return int(stop.value.code or 0), out.getvalue(), errors.getvalue()


def failed(*words: str | Path, code: int = 2) -> dict[str, str]:
    """Run a command that fails for a program; return its error document once it is checked."""
    ended, out, errors = run(*words, "--json")
    assert ended == code
    assert errors.count("\n") == 1
    assert errors.startswith(("Erreur : ", "Error: "))
    document = json.loads(out)
    assert set(document) == {"error"}
    told = document["error"]
    assert set(told) == {"code", "what", "where", "do"}
    assert all(isinstance(text, str) and text and "\n" not in text for text in told.values())
    assert re.fullmatch(r"[a-z_]+\.\w+", told["code"])
    return dict(told)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two beats of ten streets, and what they were made from."""
    folder = tmp_path_factory.mktemp("made")
    drawn = draw("A-B-C-D\n| | | |\nE-F-G-H", step_m=60.0)
    for ending in ("json", "osm", "osm.pbf"):
        drawn.write(folder / f"streets.{ending}")
    words = ("--officers", "2", "--out", folder / "plan", "--quiet")
    assert run("plan", folder / "streets.osm.pbf", *words)[0] == 0
    for kind in ("anchors", "population", "counts", "bases", "elevations", "seats", "cleared"):
        for ending in ("csv", "xlsx"):
            words = (kind, "--out", folder / f"{kind}.{ending}", "--lang", "en", "--quiet")
            assert run("template", *words)[0] == 0
    return folder


NAMED = {"name": "--officers", "command": "reso-geo plan"}
USAGE = {
    ("bondaries",): ("cli.no_command", "La commande « bondaries » n'existe pas.", "reso-geo"),
    ("plan",): ("cli.MissingParameter", "Il manque source.", "reso-geo plan"),
    ("plan", "x.osm", "--ofsicers", "3"): (
        "cli.NoSuchOption", "L'option --ofsicers n'existe pas.", "reso-geo plan",
    ),
    ("plan", "x.osm", "--officers", "douze", "--out", "o"): (
        "cli.BadParameter", say("fr", "cli.BadParameter", NAMED).partition(" Voyez")[0],
        "reso-geo plan",
    ),
    ("boundaries", "--quiet=oui"): (
        "cli.takes_no_value", "L'option --quiet ne prend pas de valeur.", "reso-geo boundaries",
    ),
    ("boundaries", "Vieux", "Longueuil"): (
        "cli.too_many_words", "Mots en trop : Vieux Longueuil.", "reso-geo boundaries",
    ),
    ("boundaries", "--lang", "de"): (
        "cli.unknown_lang", "Langue inconnue « de ».", "reso-geo boundaries",
    ),
}  # fmt: skip


@pytest.mark.parametrize("words", USAGE)
def test_words_that_are_not_understood_end_with_2_and_a_document(words: tuple[str, ...]) -> None:
    code, what, where = USAGE[words]
    told = failed(*words)
    assert (told["code"], told["what"], told["where"]) == (code, what, where)


def test_an_option_at_the_end_without_its_value_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["plan", "x.osm", "--json", "--lang", "en", "--officers"])
    output = capsys.readouterr()
    assert json.loads(output.out)["error"] == {
        "code": "cli.needs_value",
        "what": "The option --officers needs a value.",
        "where": "reso-geo plan",
        "do": "See reso-geo plan --help.",
    }
    assert output.err == "Error: The option --officers needs a value. See reso-geo plan --help.\n"


def test_a_word_near_a_command_suggests_it() -> None:
    assert failed("bondaries")["do"].endswith("Vouliez-vous dire « boundaries » ?")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_knows_what_a_program_and_a_hunt_for_faults_need(command: str) -> None:
    code, out, _ = run(command, "--help", "--lang", "en")
    assert code == 0
    assert {"--json", "--lang", "--quiet", "--verbose"} <= set(re.findall(r"--\w+", out))


def test_a_file_that_is_missing_is_told_alike_to_people_and_to_programs(tmp_path: Path) -> None:
    path = tmp_path / "none.osm.pbf"
    words = ("plan", path, "--officers", "3", "--out", tmp_path / "o")
    for lang, missing in (("fr", "ce fichier ou ce dossier n'existe pas"), ("en", "no such file")):
        told = failed(*words, "--lang", lang)
        assert told["code"] == "osm.unreadable"
        assert told["where"] == str(path)
        assert missing in told["what"]
        line = run(*words, "--lang", lang, "--quiet")[2]
        assert (
            line
            == f"{say(lang, 'cli.error')}{line.partition(str(path))[1]}"
            + line.partition(str(path))[2]
        )
        assert told["do"] in line


def test_a_request_that_no_plan_can_meet_ends_with_1_and_a_document(made: Path) -> None:
    words = ("plan", made / "streets.osm.pbf", "--officers", "999", "--out", made / "o")
    assert "999" in failed(*words, code=1)["what"]


def raising(error: BaseException) -> object:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


def test_a_fault_of_the_program_ends_with_70_one_line_and_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for error in (KeyError("x"), RecursionError("deep"), UnicodeError("x"), AssertionError()):
        monkeypatch.setattr(built_in, "builtin_places", raising(error))
        told = failed("boundaries", code=70)
        assert told["code"] == "cli.fault"
        assert re.fullmatch(r"reso_geo/cli/commands/built_in\.py:\d+", told["where"])
        assert type(error).__name__ in told["what"]
        assert "--verbose" in told["do"]
        code, out, errors = run("boundaries", "--lang", "en")
        assert (code, out, errors.count("\n")) == (70, "", 1)


def test_the_trace_of_a_fault_is_shown_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built_in, "builtin_places", raising(KeyError("lost")))
    code, out, errors = run("boundaries", "--verbose", "--json")
    assert code == 70
    assert json.loads(out)["error"]["code"] == "cli.fault"
    assert "Traceback" in errors
    assert "KeyError: 'lost'" in errors
    assert errors.splitlines()[-1].startswith("Erreur : reso_geo/cli/commands/built_in.py:")


def test_too_little_memory_and_a_refusal_of_the_system_end_with_2(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(built_in, "builtin_places", raising(MemoryError()))
    assert failed("boundaries")["code"] == "cli.no_memory"
    refused = PermissionError(13, "Permission denied", "places.toml")
    monkeypatch.setattr(built_in, "builtin_places", raising(refused))
    told = failed("boundaries")
    assert (told["code"], told["where"]) == ("cli.system", "places.toml")
    assert "permission refusée" in told["what"]


def test_an_interrupt_ends_with_130_and_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built_in, "builtin_places", raising(KeyboardInterrupt()))
    assert failed("boundaries", code=130)["code"] == "cli.interrupted"


OUTPUTS = {
    "streets": (reso_geo.network, "read_ways", ("plan", "STREETS", "--officers", "2"), "STREETS"),
    "a boundary": (
        reso_geo.boundaries.lookup, "read_layer",
        ("plan", "STREETS", "--officers", "2", "--boundary", "BOUNDARY"), "BOUNDARY",
    ),
    "a table": (
        reso_geo.demand.anchors, "read_table",
        ("plan", "STREETS", "--officers", "2", "--anchors", "ANCHORS"), "ANCHORS",
    ),
    "settings": (
        reso_geo.settings.read.tomllib, "loads",
        ("plan", "STREETS", "--officers", "2", "--settings", "SETTINGS"), "SETTINGS",
    ),
    "a plan": (reso_geo.plan_file.read, "opened", ("report", "PLAN"), "PLAN"),
}  # fmt: skip


@pytest.mark.parametrize("output", OUTPUTS)
def test_what_a_reader_did_not_foresee_is_blamed_on_the_file_that_it_read(
    output: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, words, blamed = OUTPUTS[output]
    (tmp_path / "settings.toml").write_text("")
    files = {
        "STREETS": made / "streets.osm.pbf",
        "BOUNDARY": data_file("sample/boundaries.geojson"),
        "ANCHORS": made / "anchors.csv",
        "SETTINGS": tmp_path / "settings.toml",
        "PLAN": made / "plan" / "plan.gpkg",
    }
    asked = [str(files.get(word, word)) for word in words]
    for error in (ZeroDivisionError("x"), RecursionError("x"), sqlite3.Error("x"), OSError("x")):
        monkeypatch.setattr(module, name, raising(error))
        told = failed(*asked, "--out", tmp_path / "out.csv")
        assert told["where"] == str(files[blamed])
        assert told["code"] in {"cli.unreadable", "plan_file.damaged", "plan_file.unreadable"}
    assert not (tmp_path / "out.csv").exists()


def test_there_is_one_document_whatever_was_written_before_the_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    negative = InfeasibleError(Phrase("cli.compare_one"))
    monkeypatch.setattr(Output, "table", raising(negative))
    code, out, errors = run("boundaries", "--json")
    assert (code, errors.count("\n")) == (1, 1)
    assert "boundaries" in json.loads(out)  # the answer is negative, and there is a result
    bad = PlanError(Phrase("cli.compare_one"))
    monkeypatch.setattr(Output, "table", raising(bad))
    assert failed("boundaries")["code"] == "cli.compare_one"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_standard_output_that_is_full_is_told_once(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        asked = [sys.executable, "-m", "reso_geo", "boundaries", "--lang", "en", *words]
        done = subprocess.run(asked, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: Standard output, or a temporary file: the system refuses")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="closes the outputs as a POSIX shell does")
def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    asked = f"{sys.executable} -m reso_geo boundaries --json | head -c 1"
    done = subprocess.run(["sh", "-c", asked], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{", "")


TEXTS = {
    key: texts
    for path in sorted(data_file("words").glob("*.toml"))
    for key, texts in tomllib.loads(path.read_text(encoding="utf-8")).items()
}


def raised_keys() -> set[str]:
    """Name the sentences that the package raises errors with."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(built_in.__file__).parents[2].rglob("*.py")
    )
    named = set(re.findall(r'Error\(\s*Phrase\(\s*"([a-z_]+\.\w+)"', code))
    return {key for key in named if key in TEXTS}


def letters(text: str) -> str:
    return re.sub(r"\W", "", text)


def test_the_parts_of_an_error_are_its_sentence_and_nothing_else() -> None:
    keys = raised_keys()
    assert len(keys) > 100
    for key in keys:
        for lang in ("fr", "en"):
            names = {name for _, name, _, _ in string.Formatter().parse(TEXTS[key][lang]) if name}
            phrase = Phrase(key, {name: f"<{name}>" for name in names})
            where, what, do = phrase.parts(lang)
            whole = letters(phrase.say(lang))
            assert what, key
            assert whole in (letters(what + do), letters(where + what + do)), key


def test_most_errors_say_what_to_do() -> None:
    for lang in ("fr", "en"):
        silent = 0
        for key in raised_keys():
            names = {name for _, name, _, _ in string.Formatter().parse(TEXTS[key][lang]) if name}
            silent += not Phrase(key, {name: f"<{name}>" for name in names}).parts(lang)[2]
        assert silent < 0.15 * len(raised_keys())


def test_an_error_carries_its_code_place_and_remedy() -> None:
    error = PlanError(Phrase("plan_file.no_geopackage", {"path": "plans/a.gpkg"}))
    assert (error.code, error.where) == ("plan_file.no_geopackage", "plans/a.gpkg")
    assert error.what == "not a GeoPackage."
    assert error.do == "Give the plan.gpkg that reso-geo plan wrote."
    inner = Phrase("posts.total_none", {"why": error.message})
    assert inner.parts("en")[2] == "Give the plan.gpkg that reso-geo plan wrote."
    own = ResoGeoError("a text of one's own")
    assert (str(own), own.code, own.what) == ("a text of one's own", "error.other", str(own))


INPUTS = {
    "streets.json": ("plan", "FILE", "--officers", "2"),
    "streets.osm": ("plan", "FILE", "--officers", "2"),
    "streets.osm.pbf": ("plan", "FILE", "--officers", "2"),
    "plan/plan.gpkg": ("check", "FILE"),
    **{
        f"{kind}.{ending}": ("plan", "STREETS", "--officers", "2", f"--{kind}", "FILE")
        for kind in ("anchors", "population", "counts", "bases", "elevations", "seats", "cleared")
        for ending in ("csv", "xlsx")
    },
}
ODD = (
    b"", b"nan", b"-1", b"1e999", b"Infinity", b"null", b"[]", b"{}", b"\xff", b"\x00", b"181",
    b"999999999999999999999999", b"<", b"\xef\xbb\xbf", b"1e-320",
)  # fmt: skip


@st.composite
def spoilt(draw_: st.DrawFn, whole: bytes) -> bytes:
    """Cut a file short, or put what does not belong there in some of its places."""
    content = bytearray(whole)
    how = draw_(st.sampled_from(["cut", "noise", "bytes", "values", "values", "values"]))
    if how == "cut":
        return bytes(content[: draw_(st.integers(0, len(content)))])
    if how == "noise":
        return draw_(st.binary(max_size=300))
    for _ in range(draw_(st.integers(1, 4))):
        if how == "bytes":
            content[draw_(st.integers(0, len(content) - 1))] = draw_(st.integers(0, 255))
            continue
        found = list(re.finditer(rb"-?\d+(?:\.\d+)?|[;,\t]|\w+", bytes(content)))
        if found:
            spot = found[draw_(st.integers(0, len(found) - 1))]
            content[spot.start() : spot.end()] = draw_(st.sampled_from(ODD))
    return bytes(content)


@given(st.data())
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_a_spoilt_input_ends_with_one_line_and_a_document_and_never_a_fault(
    made: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(INPUTS)))
    folder = tmp_path_factory.mktemp("spoilt")
    path = folder / Path(name).name
    path.write_bytes(data.draw(spoilt((made / name).read_bytes())))
    files = {"FILE": str(path), "STREETS": str(made / "streets.osm.pbf")}
    words = [files.get(word, word) for word in INPUTS[name]]
    out = ("--out", folder / "out.gpkg") if words[0] == "check" else ("--out", folder / "out")
    code, document, errors = run(*words, *out, "--json")
    answer = json.loads(document)
    assert code in (0, 1, 2), errors
    assert errors.count("\n") == (1 if "error" in answer else 0), errors
    assert "Traceback" not in errors
    if code == 2:
        assert answer["error"]["code"] not in {"cli.unreadable", "cli.fault"}
        assert [each for each in folder.iterdir() if each != path] == []
