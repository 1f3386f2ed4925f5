"""The documents: generated where they repeat a table, and true where they name files and commands."""

import re
import runpy
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from streams.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("bench/*.md"))
)


def test_the_reference_says_what_the_tables_say():
    made = runpy.run_path(str(ROOT / "docs" / "generate_reference.py"))["reference"]()
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == made, "make docs"


def test_the_index_names_every_page():
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    assert [
        page.name for page in ROOT.glob("docs/*.md") if page.name != "README.md" and f"({page.name})" not in index
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_files_that_are_named_exist(page):
    """A name with a slash in code quotes is a path from the top, unless it is a pattern, an option or a message."""
    named = re.findall(
        r"`((?:agents|streams|deploy|docs|bench|tests|watchlists|requirements)/[\w./-]*)`", page.read_text("utf-8")
    )
    for path in named:
        assert (ROOT / path).exists(), path


def test_makefile_targets_that_are_named_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"`make ([a-z]+)", page.read_text("utf-8")):
            assert target in targets, f"{page.name}: make {target}"


def test_commands_that_are_named_exist():
    """`marsad topics create/describe/lag` in the text, `marsad match ...` in a block: the command line has them."""
    top = typer.main.get_command(app)
    assert isinstance(top, TyperGroup)
    for page in PAGES:
        text = page.read_text("utf-8")
        code = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`(marsad [^`]+)`", text))
        for name, verbs in re.findall(
            r"(?:^|/|run --rm )(?:marsad|cli) +([a-z]+)(?: +([a-z]+(?:/[a-z]+)*)(?![\w./-]))?", code, re.MULTILINE
        ):
            assert name in top.commands, f"{page.name}: marsad {name}"
            command = top.commands[name]
            if isinstance(command, TyperGroup) and verbs:
                assert set(verbs.split("/")) <= set(command.commands), f"{page.name}: marsad {name} {verbs}"
