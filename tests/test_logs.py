import json
import logging
import threading
from typing import Literal

import pytest

from actionmesh_wrapper.logs import configure, logging_job
from actionmesh_wrapper.redaction import Redactor

log = logging.getLogger("tests.logs")


def test_text_names_the_job(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "text", Redactor())
    log.info("before")
    with logging_job("job-1"):
        log.info("in %s", "it")
    log.debug("unheard")
    lines = [line.split(" ", 2)[2] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["INFO tests.logs [-] before", "INFO tests.logs [job-1] in it"]


def test_no_id_makes_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "text", Redactor())
    with logging_job("x]\n2026 ERROR forged [y" + "z" * 200):
        log.info("told")
    [line] = capsys.readouterr().err.splitlines()
    assert "x]?2026 ERROR forged [yzz" in line
    assert len(line) < 200


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "json", Redactor())
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
    configure("INFO", "json", Redactor())

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
    configure("INFO", "text", Redactor())
    log.info("once")
    assert capsys.readouterr().err.count("once") == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_message_arguments_and_tracebacks_are_redacted(
    form: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO", form, Redactor(["hunter2hunter2"]))
    try:
        raise ValueError("https://h.example/k?X-Amz-Signature=abc and hunter2hunter2")
    except ValueError:
        log.exception("sent %s", {"key": "hunter2hunter2"}, stack_info=True)
    logging.getLogger("botocore.auth").info("hunter2hunter2")
    said = capsys.readouterr().err
    assert "hunter2" not in said
    assert "Signature" not in said
    assert "sent {'key': '***'}" in said
    assert "ValueError: https://h.example/k?*** and ***" in said
    assert "INFO botocore.auth [-] ***" in said or '"message": "***"' in said


def test_a_librarys_faulty_line_neither_raises_nor_shows_its_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("INFO", "text", Redactor())
    log.info("%d of %d", "secret")  # noqa: PLE1206 – the very thing
    said = capsys.readouterr().err
    assert said.endswith("a line that cannot be put together: '%d of %d'\n")
    assert "secret" not in said
