"""The command line. Each verb lives in a module of its own and is imported only when it is called.

Exit codes: 0 fine, 1 findings, 2 unusable input or request, 3 a fault of the tool itself. The message is on standard
error, never a trace back; with the environment variable ``ANALYS_DETALJER`` set, a fault of the tool shows its details.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Final, NoReturn

import click

import analys
from analys.errors import AnalysError

#: The environment variable that asks for the details of an unexpected error.
DETAILS: Final = "ANALYS_DETALJER"
_UNEXPECTED: Final = (
    "analys: ett oväntat fel i verktyget, inte i din fil. Rapportera det till den som gav dig verktyget, med kommandot "
    f"och det som skrivs ut när miljövariabeln {DETAILS} är satt till 1"
)

#: verb -> (module that holds ``command``, one line for ``analys --help``)
VERBS: Final = {
    "run": ("analys.cli.run", "Do the main job: normalise, execute the notebooks, write the exports."),
    "normalise": ("analys.cli.normalise", "Check the raw files and write data/processed."),
    "test": ("analys.cli.test", "Check everything: lint, types, tests, rebuilt files, notebooks."),
    "lab": ("analys.cli.lab", "Open JupyterLab over the notebooks."),
    "audit": ("analys.cli.audit", "Find the faults in a cost-sharing annex, and the rule behind its numbers."),
    "allocate": ("analys.cli.allocate", "Share an agreement's cost of a year between its members."),
    "scenario": ("analys.cli.scenario", "What if it ends, somebody leaves, or the key or the index is another?"),
    "report": ("analys.cli.report", "Write what leaves for the council: Word, Excel, web page, PDF."),
    "notebooks": ("analys.cli.notebooks", "Skriv anteckningsböckerna för ett eget avtal."),
    "start": ("analys.cli.start", "Gör en projektmapp för egna avtal."),
    "new": ("analys.cli.new", "Write a commented agreement folder to fill in."),
    "check": ("analys.cli.check", "Say what is wrong with an agreement, and what no document has told yet."),
    "read": ("analys.cli.read", "Read files of population or invoices, whatever their format, as one table."),
    "fetch": ("analys.cli.fetch", "Get statistics from the publisher's database; the raw answer is kept."),
    "reconcile": ("analys.cli.reconcile", "Match payments in ledgers with what an agreement should have been billed."),
    "ledgers": ("analys.cli.ledgers", "Sum supplier ledgers of any size by municipality and year."),
}


def _use(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        from analys import project

        context.with_resource(project.using(folder))


#: May stand before a verb or after it.
_PROJECT: Final = click.Option(
    ["--project"],
    type=click.Path(path_type=Path),
    metavar="MAPP",
    is_eager=True,
    expose_value=False,
    callback=_use,
    help="Projektmappen, när den inte är arbetsmappen eller en mapp ovanför den.",
)


class _Verbs(click.Group):
    """Imports a verb's module when the verb is called, so that ``analys --help`` loads neither pandas nor pydantic."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(VERBS[cmd_name][0]).command
        if _PROJECT not in command.params:
            command.params.append(_PROJECT)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(analys.__version__, prog_name="analys")
def cli() -> None:
    """Vem betalade vad, följdes regeln, vad bär varje invånare, vad sparas när avtalet upphör?"""


cli.params.append(_PROJECT)


def main(arguments: list[str] | None = None, **settings: Any) -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a redirect in an old code page has no word for a true minus
            stream.reconfigure(errors="backslashreplace")
    try:
        cli.main(arguments, prog_name="analys", **settings)
    except AnalysError as error:
        _end(2, str(error))
    except OSError as error:  # a full disk, a folder that went away
        _end(2, f"{error.filename or 'analys'}: {error.strerror or error}")
    except Exception as error:
        _end(3, f"{_UNEXPECTED} ({type(error).__name__})", traceback.format_exc())


def _end(code: int, message: str, details: str = "") -> NoReturn:
    from analys.cli.output import say

    say(message)
    if details and os.environ.get(DETAILS):
        say(details)
    sys.exit(code)
