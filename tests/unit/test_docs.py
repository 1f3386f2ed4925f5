"""The reference of the command line is what the command line is."""

import runpy
from pathlib import Path

import typer

from streams.cli.app import app

ROOT = Path(__file__).parents[2]
GENERATOR = runpy.run_path(str(ROOT / "docs" / "generate_cli.py"))


def test_the_page_says_what_the_commands_say():
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == GENERATOR["page"](), "make docs"


def test_every_command_and_option_says_what_it_is_for():
    for command, words in GENERATOR["commands"](typer.main.get_command(app)):
        assert command.help, words
        for param in command.params:
            assert param.help, (words, param.name)
