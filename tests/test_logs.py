import json
import logging
import threading
from collections.abc import Iterator

import pytest

from actionmesh_wrapper.logs import configure, logging_job

log = logging.getLogger("tests.logs")


@pytest.fixture(autouse=True)
def _own_root_handlers() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_text_names_the_job(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "text")
    log.info("before")
    with logging_job("job-1"):
        log.info("in %s", "it")
    log.debug("unheard")
    lines = [line.split(" ", 2)[2] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["INFO tests.logs [-] before", "INFO tests.logs [job-1] in it"]


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "json")
    with logging_job("job-1"):
        try:
            raise ValueError("two\nlines")
        except ValueError:
            log.exception("oh – no")
    [line] = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["level"], event["logger"], event["job"], event["message"]) == (
        "ERROR", "tests.logs", "job-1", "oh – no",
    )  # fmt: skip
    assert event["time"].endswith("+00:00")
    assert "ValueError: two\nlines" in event["traceback"]


def test_threads_do_not_mix_their_jobs(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "json")

    def work(job_id: str) -> None:
        with logging_job(job_id):
            for _ in range(20):
                log.info(job_id)

    threads = [threading.Thread(target=work, args=(f"job-{index}",)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(events) == 80
    assert all(event["job"] == event["message"] for event in events)


def test_takes_the_place_of_other_handlers(capsys: pytest.CaptureFixture[str]) -> None:
    logging.basicConfig(format="other: %(message)s", force=True)
    configure("INFO", "text")
    log.info("once")
    assert capsys.readouterr().err.count("once") == 1
