import pytest

from actionmesh_wrapper.engines.registry import load
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.settings import Settings

POD = {"RUNPOD_POD_ID": "pod"}


@pytest.mark.parametrize("environ", [{}, {"ENGINE": "silhouette"}, {"ENGINE": "silhouette"} | POD])
def test_silhouette(environ: dict[str, str]) -> None:
    assert load(Settings.from_env(environ)).name == "silhouette"


@pytest.mark.parametrize("environ", [POD, {"ENGINE": "actionmesh"}, {"ENGINE": "actionmesh"} | POD])
def test_silhouette_never_stands_in_silently(environ: dict[str, str]) -> None:
    with pytest.raises(StartError, match="does not include the actionmesh engine"):
        load(Settings.from_env(environ))
