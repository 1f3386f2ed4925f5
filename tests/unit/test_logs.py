"""Logs: MARSAD_LOG_LEVEL and MARSAD_LOG_FORMAT as a worker takes them up."""

import json
import logging

import pytest

from tests.support.command_line import command_line

LOG = logging.getLogger("streams.worker")


def work(*_args, **_how):
    """In place of a worker: what it would say."""
    LOG.debug("detail")
    LOG.info("ready on %d", 9464)
    logging.getLogger("kafka").error("refused")
    try:
        int("broken")
    except ValueError:
        LOG.exception("it broke")


@pytest.fixture
def said(monkeypatch, capsysbinary, tmp_path):
    """What `marsad worker` logs under these settings."""
    monkeypatch.setattr("streams.worker.run", work)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    levels = {
        name: logging.getLogger(name).level
        for name in (None, "faust", "mode", "aiokafka", "kafka", "aiohttp", "streams.app", "streams.steady")
    }

    def run(**settings):
        code, out, err = command_line(monkeypatch, capsysbinary, tmp_path, **settings)("worker", "stories")
        assert (code, out) == (0, "")
        return err

    yield run
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_logs_are_lines_for_people(said):
    text = said()
    assert " INFO streams.worker: ready on 9464" in text
    assert "ValueError: invalid literal" in text
    assert "detail" not in text
    assert "refused" not in text, "kafka-python's own words are given once, in ours"


def test_logs_are_json_if_wanted(said):
    first, second = map(json.loads, said(MARSAD_LOG_FORMAT="json").splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("info", "streams.worker", "ready on 9464")
    assert first["time"].endswith("+00:00")
    assert "ValueError: invalid literal" in second["exception"]


@pytest.mark.parametrize(("level", "lines"), [("debug", 3), ("info", 2), ("warning", 1)])
def test_less_or_more_of_them(said, level, lines):
    assert len(said(MARSAD_LOG_LEVEL=level, MARSAD_LOG_FORMAT="json").splitlines()) == lines
