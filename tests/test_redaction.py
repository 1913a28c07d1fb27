import base64
import threading

import pytest

from actionmesh_wrapper.redaction import HIDDEN, Redactor, secrets_of

SECRET = "wJalrXUt/nFEMI+K7MDENG"
SIGNED = "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261125&X-Amz-Expires=60&X-Amz-Signature=fe5f80"
PAYLOAD = base64.b64encode(bytes(range(256))).decode()


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
