import base64
import json
import logging
import threading
from typing import Literal

import pytest

from actionmesh_wrapper.service.logs import (
    HIDDEN,
    Redactor,
    configure,
    in_one_line,
    logging_job,
    secrets_of,
)

log = logging.getLogger("tests.logs")
SECRET = "wJalrXUt/nFEMI+K7MDENG"
SIGNED = "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261125&X-Amz-Expires=60&X-Amz-Signature=fe5f80"
PAYLOAD = base64.b64encode(bytes(range(256))).decode()


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


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        (f"GET https://b.example/k.mp4?{SIGNED} failed", f"GET https://b.example/k.mp4?{HIDDEN} failed"),
        (f'"PUT /b/k.glb?{SIGNED} HTTP/1.1" 200', f'"PUT /b/k.glb?{HIDDEN} HTTP/1.1" 200'),
        (f"{{'url': 'http://h/k?{SIGNED}', 'n': 1}}", f"{{'url': 'http://h/k?{HIDDEN}', 'n': 1}}"),
        ("https://me:pass@h.example/x", f"https://{HIDDEN}@h.example/x"),
        (
            "{'Authorization': b'AWS4-HMAC-SHA256 Credential=AKIAX, Signature=ab', 'a': 1}",
            f"{{'Authorization': {HIDDEN}, 'a': 1}}",
        ),
        ("authorization:AWS4 Credential=AKIAX, Signature=ab\nhost:h", f"authorization:{HIDDEN}\nhost:h"),
        ("Signature:\nfe5f80ab", f"Signature:\n{HIDDEN}"),
        ('"X-Amz-Security-Token": "IQoJb3"', f'"X-Amz-Security-Token": {HIDDEN}'),
        ("sent Bearer abc.def", f"sent Bearer {HIDDEN}"),
        (f"data:video/mp4;base64,{PAYLOAD}", f"data:video/mp4;base64,{HIDDEN}"),
        (f"video_base64={PAYLOAD}, mode", f"video_base64={HIDDEN}, mode"),
        ("key AKIAIOSFODNN7EXAMPLE is", f"key {HIDDEN} is"),
        ("hf_abcdefghijklmnopqrstuvw", HIDDEN),
        ("rpa_ABCDEFGHIJKLMNOPQRST", HIDDEN),
    ],
)
def test_what_has_the_shape_of_a_secret_is_hidden(text: str, redacted: str) -> None:
    assert Redactor()(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "fetch, 2 %",
        "the results are in /srv/outputs/sample",
        "https://example.com/clips/camel.mp4",
        "TOO_LARGE: video_url: This file is 101 MB; the limit is 100 MB.",
        "Is this it? No = yes",
        f"mesh_000.glb {'0123456789abcdef' * 4}",
    ],
)
def test_all_else_is_told(text: str) -> None:
    assert Redactor([SECRET])(text) == text


def test_a_known_secret_is_hidden_in_each_of_its_spellings() -> None:
    redact = Redactor([SECRET, SECRET[:10]])
    assert redact(f"a {SECRET} b") == f"a {HIDDEN} b"
    assert redact("wJalrXUt%2FnFEMI%2BK7MDENG") == HIDDEN
    assert redact(SECRET[:10]) == HIDDEN


def test_what_is_too_short_to_be_a_secret_does_not_riddle_the_log() -> None:
    assert Redactor(["a", "", "test"])("a test") == "a test"


def test_a_jobs_secret_is_hidden_until_the_last_job_that_has_it_ends() -> None:
    redact = Redactor()
    seen = []
    with redact.hiding([SECRET]):
        with redact.hiding([SECRET]):
            thread = threading.Thread(target=lambda: seen.append(redact(SECRET)))
            thread.start()
            thread.join()
        seen.append(redact(SECRET))
    assert seen == [HIDDEN, HIDDEN]
    assert redact(SECRET) == SECRET


def test_jobs_side_by_side_lose_none_of_their_secrets() -> None:
    redact = Redactor()
    lost = []

    def work(number: int) -> None:
        secret = f"secret-number-{number}"
        for _ in range(200):
            with redact.hiding([secret]):
                lost.extend([secret] if redact(secret) != HIDDEN else [])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    assert redact("secret-number-1") == "secret-number-1"


def test_variables_whose_names_say_so_are_secret() -> None:
    environ = {"BUCKET_SECRET_ACCESS_KEY": "1", "HF_TOKEN": "2", "RUNPOD_AI_API_KEY": "3", "PATH": "4"}
    assert secrets_of(environ) == ["1", "2", "3"]


@pytest.mark.parametrize("address", ["http://user:%s@proxy:3128", "https://:%s@host", "db://u:%s@h/path?a=b"])
def test_passwords_in_addresses_are_secret(address: str) -> None:
    redact = Redactor(secrets_of({"ADDRESS": address % "hunter2%40/hunter2"}))
    assert redact("a hunter2%40/hunter2 b hunter2@/hunter2 c") == "a *** b *** c"


def test_an_id_is_one_line_wherever_it_is_shown() -> None:
    assert in_one_line("job\r\n2026 ERROR\x1b[2J\u2028") == "job??2026 ERROR?[2J?"
    assert in_one_line("a" * 1000) == "a" * 100
