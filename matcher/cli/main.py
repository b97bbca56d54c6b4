"""The command `deban`. Commands are loaded when they are called, so that each starts quickly."""

import gc
import importlib
import keyword
import sys

import click

SELDOM = (100_000, 50, 100)  # objects and rounds between two looks for unused rings
NO_MEMORY = "メモリーが足りず、続けられませんでした。ほかのソフトを閉じるか、一式を区市町村ごとに分けて、もう一度お試しください。"
_COMMANDS = {
    "account": "matcher.cli.account",
    "audit": "matcher.cli.audit",
    "backup": "matcher.cli.backup",
    "check": "matcher.cli.check",
    "council": "matcher.cli.council",
    "demo": "matcher.cli.demo",
    "doctor": "matcher.cli.doctor",
    "gaps": "matcher.cli.gaps",
    "import": "matcher.cli.import_",
    "init": "matcher.cli.init",
    "keys": "matcher.cli.keys",
    "match": "matcher.cli.match",
    "migrate": "matcher.cli.migrate",
    "restore": "matcher.cli.restore",
    "template": "matcher.cli.template",
    "train": "matcher.cli.train",
    "why": "matcher.cli.why",
    "words": "matcher.cli.words",
    "work": "matcher.cli.work",
}


class Commands(click.Group):
    """A group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        command = getattr(importlib.import_module(_COMMANDS[cmd_name]), name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="deban", prog_name="deban")
def main() -> None:
    """出番 — ひとりひとりに、ちょっとできることを探します。"""


def run() -> None:
    """The command as a process of its own: it makes many objects and ends soon, so unused rings are looked for seldom."""
    gc.set_threshold(*SELDOM)
    try:
        main()
    except Exception as error:
        if not _no_memory(error):
            raise
        click.echo(NO_MEMORY, err=True)
        sys.exit(2)
    finally:
        gc.freeze()  # what is left goes with the process


def _no_memory(error: BaseException | None) -> bool:
    """Whether memory was short: libraries tell that in their own ways, the system in two."""
    while error is not None:
        text = str(error)
        if isinstance(error, MemoryError) or "Cannot allocate memory" in text or "failed to map segment" in text:
            return True
        error = error.__cause__ or error.__context__
    return False
