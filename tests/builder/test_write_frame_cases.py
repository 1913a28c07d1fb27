from builder import write_frame_cases


def test_the_pages_cases_are_what_the_worker_chooses_now() -> None:
    assert write_frame_cases.PATH.read_text("utf-8") == write_frame_cases.text()


def test_there_are_cases_of_every_kind() -> None:
    chosen = [case["chosen"] for video in write_frame_cases.videos() for case in video["cases"]]
    assert {str(one) for one in chosen if not isinstance(one, list)} == {"busiest", "short", "outside"}
    assert sum(isinstance(one, list) for one in chosen) > 100
