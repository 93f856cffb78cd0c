"""The command that makes a ladder of plans."""

from __future__ import annotations

from functools import partial
from pathlib import Path  # noqa: TC003 - typer asks for it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from reso_geo.cli.commands.rebalance import write_step
from reso_geo.cli.console import fail
from reso_geo.cli.options import Keep, NearMean, PlanPath, Trust, keep_input, output_for
from reso_geo.errors import InfeasibleError, ResoGeoError, UsageError
from reso_geo.growth import check_ladder, ladder
from reso_geo.i18n import Phrase, listed
from reso_geo.maps import ladder_map, save_map
from reso_geo.plan_check import read_edited_plan
from reso_geo.plan_file import load_plan
from reso_geo.rebalance import RebalanceRequest
from reso_geo.report import ladder_table, lineage_table, save_ladder, step_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reso_geo.cli.console import Output
    from reso_geo.growth import RebalancedPlan
    from reso_geo.plan import Plan

__all__ = ["grow"]

_MOST_DIGITS, _MOST_WHY = 9, 2


def grow(  # noqa: PLR0913, PLR0917 - one option a parameter
    context: typer.Context,
    plan_path: PlanPath,
    officers: Annotated[str, typer.Option(help="help.ladder", metavar="K,K,K")],
    out: Annotated[Path, typer.Option(help="help.out")],
    restore: Annotated[bool, typer.Option("--restore", help="help.restore")] = False,  # noqa: FBT002 - a flag of the command line
    earlier: Annotated[list[Path] | None, typer.Option(help="help.earlier", metavar="PLAN")] = None,
    keep: Keep = "load",
    tolerance: NearMean = None,
    trust: Trust = None,
    time_limit: Annotated[float, typer.Option(help="help.step_limit")] = 600.0,
    date: Annotated[str | None, typer.Option(help="help.date")] = None,
    seed: Annotated[int, typer.Option(help="help.seed")] = 0,
) -> None:
    """Make a plan for each size of the team, each from the one before, a folder for each."""
    output = output_for(context)
    sizes = _sizes(officers)
    if out.exists() and not out.is_dir():
        raise UsageError(Phrase("cli.out_is_file", {"path": out}))
    folders = _folders(sizes)
    _refuse_others(out, folders)
    for folder in folders:
        keep_input(plan_path, out / folder / "plan.gpkg")
    edited = read_edited_plan(plan_path, trust)
    former = [load_plan(path) for path in earlier or ()]
    check_ladder(edited, sizes)
    if restore and not former and sizes[0] < sum(row.posts for row in edited.beats):
        output.line("grow.nothing_before")
    request = RebalanceRequest(
        officers=sizes[0],
        tolerance=edited.plan.request.cut.tolerance if tolerance is None else tolerance,
        keep=keep,
        time_limit_s=time_limit,
        seed=seed,
    )
    steps: list[RebalancedPlan] = []
    places = [out / folder for folder in folders]
    climb = partial(ladder, edited, sizes, request, date, restore=restore, earlier=former)
    try:
        _climb(output, steps, climb, (edited.plan, plan_path), places)
    except ResoGeoError as error:
        raise _failed(sizes, len(steps), out, error.exit_code, error.message) from error
    except OSError as error:
        values = {"path": error.filename or "-", "why": error}
        raise _failed(sizes, len(steps), out, 2, Phrase("cli.system", values)) from error
    except KeyboardInterrupt:
        fail(output.lang, _stopped("grow.interrupted", sizes, len(steps), out))
        raise
    finally:
        if steps:
            _write_answer(output, steps, places)


def _sizes(text: str) -> tuple[int, ...]:
    """Read the sizes of the team."""
    words = [word.strip() for word in text.split(",")]
    bad = [
        word or " "
        for word in words
        if not (word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS and int(word))
    ]
    if bad:
        raise UsageError(Phrase("grow.bad_ladder", {"text": text, "bad": bad[0]}))
    return tuple(int(word) for word in words)


def _folders(sizes: Sequence[int]) -> list[str]:
    """Return the folder of each step; the names sort and say the size."""
    step, size = max(2, len(str(len(sizes)))), max(len(str(number)) for number in sizes)
    return [f"{place:0{step}d}-{number:0{size}d}-posts" for place, number in enumerate(sizes, 1)]


def _refuse_others(out: Path, folders: Sequence[str]) -> None:
    """Refuse a folder with the steps of another ladder, which would look like those of this one."""
    there = sorted(path.name for path in out.glob("[0-9]*-[0-9]*-posts")) if out.exists() else []
    others = [name for name in there if name not in folders]
    if others:
        raise UsageError(Phrase("grow.other_ladder", {"path": out, "names": listed(others)}))


def _climb(
    output: Output,
    steps: list[RebalancedPlan],
    climb: Callable[[Callable[[str], None]], Iterator[RebalancedPlan]],
    start: tuple[Plan, Path],
    places: Sequence[Path],
) -> None:
    """Make and write step after step, and the map of them all."""
    first, parent = start
    before, ladder_file = first, places[0].parent / "ladder.html"
    with output.stages() as begin:

        def show(key: str) -> None:
            begin(key, len(steps) / len(places))

        for made in climb(show):
            show("progress.write")
            place = places[len(steps)]
            steps.append(write_step(made, before, parent, place, output.lang))
            names = [each.name for each in places[: len(steps)]]
            save_ladder(steps, names, place.parent / "ladder.csv", output.lang)
            before, parent = made.plan, place / "plan.gpkg"
        drawn = ladder_map([first, *(made.plan for made in steps)], output.lang)
        save_map(drawn, ladder_file)


def _stopped(key: str, sizes: Sequence[int], done: int, out: Path, why: object = "") -> Phrase:
    """Describe at which step it stopped, and which are there."""
    kept = Phrase("grow.kept", {"done": done, "path": out}) if done else Phrase("grow.none_kept")
    step = min(done, len(sizes) - 1)
    values = {"step": step + 1, "officers": sizes[step], "why": why, "kept": kept}
    return Phrase(key, values)


def _failed(
    sizes: Sequence[int], done: int, out: Path, exit_code: int, why: object
) -> ResoGeoError:
    """Return the error of a step: once there are plans, the answer is that there are no more."""
    kind = UsageError if exit_code == UsageError.exit_code and not done else InfeasibleError
    return kind(_stopped("grow.failed", sizes, done, out, why))


def _said(made: RebalancedPlan) -> list[Phrase]:
    """Describe who came and left, and what holds loads off the mean; a few words for each."""
    who = {
        "new": made.found.new,
        "returned": made.returned,
        "left": [one.beat_id for one in made.found.left],
    }
    told = [Phrase(f"grow.{key}", {"beats": listed(ids)}) for key, ids in who.items() if ids]
    why = made.plan.balance_why
    more = [Phrase("grow.more_why", {"count": len(why) - _MOST_WHY})]
    return [*told, *why[:_MOST_WHY], *(more if len(why) > _MOST_WHY else ())]


def _write_answer(output: Output, steps: Sequence[RebalancedPlan], places: Sequence[Path]) -> None:
    """Describe what each step kept, and from whom each beat of the last plan has its streets."""
    summaries = [
        step_summary(made, number, str(places[number - 1] / "plan.gpkg"), output.lang)
        for number, made in enumerate(steps, 1)
    ]
    output.document({"steps": summaries})
    output.lines(steps[0].wrong, "rebalance.was_wrong")
    output.table(ladder_table(steps))
    output.line("grow.columns")
    for number, made in enumerate(steps, 1):
        for phrase in _said(made):
            output.line("grow.step_says", {"step": number, "text": phrase})
    last = steps[-1]
    output.line("grow.since_first")
    output.table(lineage_table(last.since_first, last.plan.partition.beat_id))
    output.line("grow.wrote", {"path": places[0].parent})
