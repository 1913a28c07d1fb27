import pytest

from actionmesh_wrapper.engines.masking.models import NO_MODELS, MaskModels, refuse_gaps
from actionmesh_wrapper.errors import Internal


def test_no_models() -> None:
    assert MaskModels(rmbg=None, sam2=None) == NO_MODELS


def test_a_model_without_gaps_is_fine() -> None:
    refuse_gaps("RMBG", {"missing_keys": [], "mismatched_keys": [], "unexpected_keys": ["step"]})


@pytest.mark.parametrize("kind", ["missing_keys", "mismatched_keys"])
def test_a_model_with_gaps_is_refused(kind: str) -> None:
    with pytest.raises(Internal) as caught:
        refuse_gaps("RMBG", {"missing_keys": set(), "mismatched_keys": [], kind: {"conv.bias"}})

    assert str(caught.value) == "INTERNAL: RMBG could not be loaded."
    assert caught.value.detail == "missing or of another shape: ['conv.bias']"
