"""Writes docs/cli.md from the command line itself: `make docs`. A test fails where the two differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from streams.cli.app import app
from streams.errors import BrokerError, DependencyError, InputError, MarsadError

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).with_name("cli.md")

INTRODUCTION = """# Command line

Made from the commands themselves by `make docs`; do not edit.

Data goes to standard output, everything else to standard error; `-` is standard input. Settings are read from the options
below, else from `MARSAD_...` variables, else from a file `.env` ([reference.md](reference.md)). `--broker` and
`--log-level` may stand before any command. `marsad --install-completion` teaches your shell the commands, stages, topics
and watchlist ids.

```
marsad run --demo                                          watch the samples turn into alerts
marsad match --watchlists watchlists articles.jsonl        alerts of a file, with no broker
marsad enrich article.txt                                  what was found in a text
zcat day.jsonl.gz | marsad match -w watchlists - | jq .article.title
```

What is wrong is said in one line that names the field, the value and what to do; a broken article costs itself alone, and
the command goes on and fails in the end. `MARSAD_DEBUG=1` shows a traceback.

"""


EXITS = (
    (0, "All is well; also after Ctrl-C where a command runs until it is stopped."),
    (MarsadError.exit_code, "It did not work."),
    (InputError.exit_code, "What was given is wrong: an option, a setting, a watchlist, some of the articles."),
    (BrokerError.exit_code, "No broker, or one that cannot do what is asked."),
    (DependencyError.exit_code, "An optional package is missing."),
    (70, "A fault in Marsad itself."),
    (130, "Ctrl-C in the middle of something."),
)


def page() -> str:
    """The page, as Markdown."""
    root = typer.main.get_command(app)
    return (
        INTRODUCTION
        + "| exit code | what |\n| --- | --- |\n"
        + "".join(f"| {code} | {_cell(what)} |\n" for code, what in EXITS)
        + "".join(_section(command, words) for command, words in commands(root))
    )


def commands(command: Any, words: tuple[str, ...] = ("marsad",)) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Every command that does something, with the words that call it."""
    children = getattr(command, "commands", None)
    if children is None:
        yield command, words
    for name, child in (children or {}).items():
        yield from commands(child, (*words, name))


def _section(command: Any, words: tuple[str, ...]) -> str:
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option" and param.name != "help"]
    call = " ".join((*words, *(["[OPTIONS]"] if options else []), *(param.metavar for param in arguments)))
    rows = [(f"`{param.metavar}`", param.help) for param in arguments]
    rows += [(_option(param), param.help + _default(param)) for param in options]
    table = "| | |\n| --- | --- |\n" + "".join(f"| {_cell(name)} | {_cell(text)} |\n" for name, text in rows)
    text = " ".join((command.help or "").split())
    return f"\n## {' '.join(words)}\n\n{text}\n\n```\n{call}\n```\n" + (f"\n{table}" if rows else "")


def _option(param: Any) -> str:
    names = ", ".join(param.opts) + "".join(f" / {name}" for name in param.secondary_opts)
    return f"`{names} {param.metavar}`" if param.metavar else f"`{names}`"


def _default(param: Any) -> str:
    if not param.default:
        return ""
    return f" Default: `{param.opts[0] if param.default is True else param.default}`."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
