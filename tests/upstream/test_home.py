"""The sizes against upstream's own, and weights that are made once."""

from dataclasses import replace
from pathlib import Path

from tests.upstream.home import MARKER, lay
from tests.upstream.sizes import QUARTER, REAL, TINY


def test_the_real_sizes_are_upstream_s(sources: Path) -> None:
    import inspect

    from actionmesh.external.triposg import TripoSGPipelinePlus
    from actionmesh.utils import load_config
    from triposg.models.autoencoders import TripoSGVAEModel
    from triposg.models.transformers import TripoSGDiTModel

    model = load_config("actionmesh.yaml", str(sources / "actionmesh/configs")).model
    denoiser, autoencoder = model.temporal_3D_denoiser, model.temporal_3D_vae
    assert (denoiser.width, denoiser.num_layers, denoiser.num_attention_heads) == (2048, 21, 16)
    assert (REAL.width, REAL.layers, REAL.heads) == (2048, 21, 16)
    assert (REAL.tokens, REAL.mlp_ratio) == (denoiser.num_tokens_nominal, denoiser.mlp_ratio)
    assert REAL.context_width == denoiser.cross_attention_dim
    assert list(denoiser.inflated_layers) == list(range(REAL.layers))
    decoder = (REAL.decoder_width, REAL.decoder_layers, REAL.decoder_heads)
    assert decoder == (autoencoder.width, autoencoder.num_layers, autoencoder.num_attention_heads)

    def default(function: object, name: str) -> object:
        return inspect.signature(function).parameters[name].default  # type: ignore[arg-type]

    call, vae = TripoSGPipelinePlus.__call__, TripoSGVAEModel.__init__
    assert (REAL.tokens, REAL.octree_depth) == (
        default(call, "num_tokens"),
        default(call, "flash_octree_depth"),
    )
    assert (REAL.width, REAL.layers, REAL.heads) == tuple(
        default(TripoSGDiTModel.__init__, name) for name in ("width", "num_layers", "num_attention_heads")
    )
    assert decoder == tuple(
        default(vae, name) for name in ("width_decoder", "num_layers_decoder", "num_attention_heads")
    )
    assert (REAL.encoder_width, REAL.encoder_layers) == tuple(
        default(vae, name) for name in ("width_encoder", "num_layers_encoder")
    )


def test_a_quarter_is_a_quarter() -> None:
    for name in ("width", "decoder_width", "encoder_width", "context_width"):
        assert getattr(QUARTER, name) * 4 == getattr(REAL, name)
    assert QUARTER.width / QUARTER.heads == REAL.width / REAL.heads
    assert QUARTER.decoder_width / QUARTER.decoder_heads == REAL.decoder_width / REAL.decoder_heads


def test_weights_are_made_once_for_a_size(sources: Path, tmp_path: Path) -> None:
    weights = tmp_path / "pretrained_weights/ActionMesh/denoiser/model.safetensors"
    lay(tmp_path, sources, TINY)
    made = weights.stat()
    lay(tmp_path, sources, TINY)
    assert weights.stat().st_mtime_ns == made.st_mtime_ns
    lay(tmp_path, sources, replace(TINY, layers=5))
    assert weights.stat().st_size > made.st_size


def test_weights_that_were_not_finished_are_made_anew(sources: Path, tmp_path: Path) -> None:
    weights = tmp_path / "pretrained_weights/ActionMesh/denoiser/model.safetensors"
    lay(tmp_path, sources, TINY)
    whole = weights.read_bytes()
    weights.write_bytes(b"")
    (tmp_path / MARKER).unlink()
    lay(tmp_path, sources, TINY)
    assert weights.read_bytes() == whole


def test_presets_say_what_the_size_says(sources: Path, tmp_path: Path) -> None:
    from actionmesh.utils import load_config

    lay(tmp_path, sources, TINY)
    config = load_config("actionmesh_fast.yaml", str(tmp_path / "configs"))
    assert (config.stage_0_steps, config.stage_1_steps, config.face_decimation) == (2, 2, 2000)
    assert config.model.temporal_3D_denoiser.num_tokens_nominal == TINY.tokens
