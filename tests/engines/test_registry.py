import logging

import pytest

from actionmesh_wrapper.engines.registry import load
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.settings import Settings

POD = {"RUNPOD_POD_ID": "pod"}
NO_WEIGHTS = {"WEIGHTS_DIR": "no-such-folder", "HF_HUB_CACHE": "no-such-folder"}


@pytest.mark.parametrize("environ", [{}, {"ENGINE": "silhouette"}, {"ENGINE": "silhouette"} | POD])
def test_silhouette(environ: dict[str, str]) -> None:
    engine = load(Settings.from_env(NO_WEIGHTS | environ))
    assert (engine.name, engine.revision) == ("silhouette", "")


def test_a_laptop_is_told_why_it_gets_the_classical_engine(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        load(Settings.from_env(NO_WEIGHTS))
    assert "the actionmesh engine cannot run here, so silhouette does: packages that are not" in caplog.text
    assert "weights: ActionMesh (facebook/ActionMesh@fb69228b): not found in no-such-folder" in caplog.text


@pytest.mark.parametrize("environ", [POD, {"ENGINE": "actionmesh"}, {"ENGINE": "actionmesh"} | POD])
def test_silhouette_never_stands_in_silently(environ: dict[str, str]) -> None:
    with pytest.raises(StartError) as caught:
        load(Settings.from_env(NO_WEIGHTS | environ))
    lines = str(caught.value).splitlines()
    assert lines[0].endswith(": the actionmesh engine cannot run here.")
    assert lines[1].startswith("- packages that are not installed: ")
    weights = [line.split()[2] for line in lines if line.startswith("- weights:")]
    assert weights == ["ActionMesh", "TripoSG", "dinov2", "RMBG"]
    assert lines[-1] == "ENGINE=silhouette runs the classical one."
