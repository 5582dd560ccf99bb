"""The command line: one lazy group, one place where errors become a message and an exit code.

Subcommands are imported when they are called, so that ``beachhead --help`` stays quick. Their short texts stand in
``COMMANDS``; a test holds them against the commands themselves.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, NamedTuple

import click

from beachhead import __version__
from beachhead.errors import BeachheadError


class Lazy(NamedTuple):
    """Where a subcommand lives, and the line that ``--help`` shows for it."""

    target: str  # "module:attribute"
    short_help: str


COMMANDS: dict[str, Lazy] = {
    "firm": Lazy("beachhead.cli.firm:firm", "Describe your firm: write the file, check it."),
    "products": Lazy("beachhead.cli.products:products", "Find the code of what you sell."),
    "plan": Lazy("beachhead.cli.plan:plan", "Where, how and how fast to go abroad: the plan and its report."),
    "rollout": Lazy("beachhead.cli.rollout:rollout", "When and how fast: the moves, and what they need."),
    "outlook": Lazy("beachhead.cli.outlook:outlook", "What follows from a plan: cash, sales, risk."),
    "plans": Lazy("beachhead.cli.plans:plans", "Compare plans."),
    "learn": Lazy("beachhead.cli.learn:learn", "Write down what you find out and what you sell."),
    "beliefs": Lazy("beachhead.cli.beliefs:beliefs", "What you now believe of each market, and why."),
    "inquiry": Lazy("beachhead.cli.inquiry:inquiry", "What is worth finding out next, and what is not."),
    "pilot": Lazy("beachhead.cli.pilot:pilot", "How long and how big a pilot must be."),
    "replan": Lazy("beachhead.cli.replan:replan", "Plan again with what you have learnt."),
    "knowledge": Lazy("beachhead.cli.knowledge:knowledge", "What you know, and what your plan needs."),
    "channels": Lazy("beachhead.cli.channels:channels", "Sources to learn from, their cost and how far to trust them."),
    "propositions": Lazy("beachhead.cli.propositions:propositions", "What your journal says of how firms learn."),
    "markets": Lazy("beachhead.cli.markets:markets", "Rank every market for your firm."),
    "market": Lazy("beachhead.cli.market:market", "All that is known of one market."),
    "compare": Lazy("beachhead.cli.compare:compare", "Put markets side by side."),
    "weights": Lazy("beachhead.cli.weights:weights", "What counts, and how much."),
    "modes": Lazy("beachhead.cli.modes:modes", "Ways of entering, and how they fit your firm."),
    "assumptions": Lazy("beachhead.cli.assumptions:assumptions", "Numbers that no data set gives, and yours."),
    "potential": Lazy("beachhead.cli.potential:potential", "What your country could sell where, and does not yet."),
    "skill": Lazy("beachhead.cli.skill:skill", "How well this program chooses, on real trade."),
    "evidence": Lazy("beachhead.cli.evidence:evidence", "The figures: where from, how old, how sure."),
}
INTERRUPTED = 130


class Shell(click.Group):
    """A group that imports a subcommand only when it is called, and that answers for every error."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of use, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].target.split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        name = args[0]
        if name in COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        near = get_close_matches(name, COMMANDS, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "See 'beachhead --help' for the commands."
        raise click.UsageError(f"There is no command {name!r}. {hint}", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.short_help) for name, lazy in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; turn what goes wrong into one message and an exit code."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # so that a closed pipe is noticed here, not at interpreter exit
            return result
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            _silence_stdout()
            ctx.exit(0)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nInterrupted.", err=True)
            ctx.exit(INTERRUPTED)
        except BeachheadError as error:
            from beachhead.cli.console import show_error

            show_error(error)
            ctx.exit(error.exit_code)
        except Exception as error:
            if os.environ.get("BEACHHEAD_DEBUG"):
                raise
            from beachhead.cli.console import show_defect

            show_defect(error)
            ctx.exit(1)


def _silence_stdout() -> None:
    """The reader has gone (``| head``): nothing more can be said to it, and that is no error."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(devnull, sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is not a file of the system (a test, a notebook)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123


@click.group(cls=Shell, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="beachhead", message="%(prog)s %(version)s")
def main() -> None:
    """Where, how and how fast a small firm should go abroad.

    Start with 'beachhead firm new', then 'beachhead plan firm.toml'.
    """
