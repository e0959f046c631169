"""The command line. Each verb lives in a module of its own and is imported only when it is called.

Exit codes: 0 fine, 1 findings, 2 unusable input or request, 3 a fault of the tool itself. The message is on standard
error, never a trace back; with the environment variable ``ANALYS_DETALJER`` set, a fault of the tool shows its details.
"""

from __future__ import annotations

import gettext
import importlib
import io
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Final, NoReturn

import click

import analys
from analys.errors import AnalysError, told

#: The environment variable that asks for the details of an unexpected error.
DETAILS: Final = "ANALYS_DETALJER"
_UNEXPECTED: Final = (
    "analys: ett oväntat fel i verktyget, inte i din fil. Rapportera det till den som gav dig verktyget, med kommandot "
    f"och det som skrivs ut när miljövariabeln {DETAILS} är satt till 1"
)

#: As a shell tells of a program that Ctrl-C ended: 1 means findings.
_INTERRUPTED: Final = 130

#: verb -> (module that holds ``command``, one line for ``analys --help``)
VERBS: Final = {
    "audit": ("analys.cli.audit", "Granska en bilaga: fel, i vilken cell, och regeln bakom beloppen."),
    "allocate": ("analys.cli.allocate", "Fördela ett års kostnad mellan ett avtals medlemmar."),
    "scenario": ("analys.cli.scenario", "Vad händer om avtalet upphör, någon lämnar, eller nyckeln är en annan?"),
    "report": ("analys.cli.report", "Skriv det som lämnas till nämnden: Word, Excel, webbsida, PDF."),
    "reconcile": ("analys.cli.reconcile", "Stäm av betalningar i reskontror mot vad avtalet säger."),
    "ledgers": ("analys.cli.ledgers", "Summera reskontror av valfri storlek per kommun och år."),
    "read": ("analys.cli.read", "Läs filer med folkmängd eller fakturor, i vilket format de än är, som en tabell."),
    "notebooks": ("analys.cli.notebooks", "Skriv anteckningsböckerna för ett eget avtal."),
    "start": ("analys.cli.start", "Gör en projektmapp för egna avtal."),
    "new": ("analys.cli.new", "Skriv en kommenterad avtalsmapp att fylla i, eller ett utkast ur handlingar."),
    "check": ("analys.cli.check", "Säg vad som är fel i ett avtal, och vad inget dokument har sagt än."),
    "fetch": ("analys.cli.fetch", "Visa hur gammal statistiken är, eller hämta nyare."),
    "run": ("analys.cli.run", "Gör allt i projektet: tabeller, anteckningsböcker, diagram och rapporter."),
    "normalise": ("analys.cli.normalise", "Kontrollera projektets råfiler och skriv data/processed."),
    "lab": ("analys.cli.lab", "Öppna projektets anteckningsböcker i JupyterLab."),
    "test": ("analys.cli.test", "Kontrollera verktyget självt (i dess eget projekt)."),
}


def _use(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        from analys import project

        context.with_resource(project.using(folder))


_OPTIONS: Final = "[FLAGGOR]"
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


def _for_excel(context: click.Context, _: click.Parameter, asked: bool) -> None:
    from analys.cli.output import EXCEL

    context.meta[EXCEL] = asked or context.meta.get(EXCEL, False)


#: Stands before the verb, for every verb that writes CSV.
_EXCEL: Final = click.Option(
    ["--excel"],
    is_flag=True,
    expose_value=False,
    callback=_for_excel,
    help="Skriv csv som svensk Excel öppnar i kolumner: semikolon, decimalkomma och BOM. Skrivs före kommandot.",
)


class _Verbs(click.Group):
    """Imports a verb's module when the verb is called, so that ``analys --help`` loads neither pandas nor pydantic."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(VERBS[cmd_name][0]).command
        command.options_metavar = _OPTIONS
        if _PROJECT not in command.params:
            command.params.append(_PROJECT)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in VERBS and not args[0].startswith("-"):
            from analys.swedish import similar

            # Whoever writes the Swedish word means the verb whose line begins with it.
            called = {line.split()[0].lower(): verb for verb, (_, line) in VERBS.items()} | {
                verb: verb for verb in VERBS
            }
            near = [called[name] for name in similar(args[0], called)]
            hint = f"menade du {near[0]}?" if near else "analys --help visar dem som finns"
            raise click.UsageError(f"Kommandot {args[0]!r} finns inte: {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar=_OPTIONS,
    subcommand_metavar="KOMMANDO ...",
)
@click.version_option(analys.__version__, prog_name="analys", help="Visa versionen.")
def cli() -> None:
    """Vem betalade vad, följdes regeln, vad bär varje invånare, vad sparas när avtalet upphör?"""


cli.params += [_PROJECT, _EXCEL]


def main(arguments: list[str] | None = None, **settings: Any) -> None:
    """Entry point of the console script."""
    _speak_swedish()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a redirect in an old code page has no word for a true minus
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(cli.main(arguments, prog_name="analys", standalone_mode=False, **settings))
    except click.ClickException as error:  # click's own words quote what was typed, which may be a personal number
        words = io.StringIO()
        error.show(words)
        _end(error.exit_code, words.getvalue().rstrip())
    except click.Abort:
        _end(_INTERRUPTED, gettext.gettext("Aborted!"))
    except AnalysError as error:
        _end(2, str(error))
    except OSError as error:  # a full disk, a folder that went away
        _end(2, f"{error.filename or 'analys'}: {told(error)}")
    except Exception as error:
        _end(3, f"{_UNEXPECTED} ({type(error).__name__})", traceback.format_exc())


def _speak_swedish() -> None:
    """click's own words too are Swedish, whatever the language of the system: all others are."""
    gettext.bindtextdomain("analys", Path(__file__).parents[1] / "locale")
    gettext.textdomain("analys")
    os.environ["LANGUAGE"] = "sv"


def _end(code: int, message: str, details: str = "") -> NoReturn:
    from analys.cli.output import say

    say(message)
    if details and os.environ.get(DETAILS):
        say(details)
    sys.exit(code)
