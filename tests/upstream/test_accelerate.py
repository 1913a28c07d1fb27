"""Each change that makes ActionMesh faster, alone and together, against its real classes without it.

Tested here, on a processor in float32 and under bfloat16's mixed precision: the changes of `EXACT` and
`CLOSE` leave the output as it is, bit for bit. A GPU may take other kernels; `make gpu-bench` compares there.
"""

import copy
import shutil
import threading
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from actionmesh_wrapper.contract.acceleration import CLOSE, EXACT
from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.data.animation import Animation
from tests.fakes import Seen
from tests.upstream.likeness import same
from tests.upstream.scenes import swing

if TYPE_CHECKING:
    from tests.upstream.pipelines import Ours

torch = pytest.importorskip("torch", reason="torch is not installed here; `make test-upstream` runs these")

CASES: list[tuple[Mode, int]] = [("default", 16), ("fast_low_ram", 16), ("fast", 20)]

FEWER_OPERATIONS = {"constant_cross_attention", "shared_first_block", "decode_once", "skip_known_meshes"}


def operations(run: Any) -> int:
    """Floating-point operations of a call, as PyTorch counts them: matrix products and attention."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        run()
    return int(counter.get_total_flops())


@pytest.fixture(scope="module")
def plain(tiny: Any, upstream_home: Path) -> "Ours":
    """Our engine without any of the changes."""
    from tests.upstream.pipelines import Ours

    return Ours(upstream_home, accelerate=())


@pytest.fixture(scope="module")
def expected(plain: "Ours") -> dict[tuple[Mode, int], Animation]:
    return {(mode, count): plain(swing(count), mode=mode) for mode, count in CASES}


def changed(upstream_home: Path, *names: str) -> "Ours":
    from tests.upstream.pipelines import Ours

    return Ours(upstream_home, accelerate=names)


@pytest.mark.parametrize("names", [*([name] for name in (*EXACT, *CLOSE)), [*EXACT, *CLOSE]], ids="-".join)
def test_the_meshes_are_the_same_bit_for_bit(
    upstream_home: Path, expected: dict[tuple[Mode, int], Animation], names: list[str]
) -> None:
    ours = changed(upstream_home, *names)
    for (mode, count), animation in expected.items():
        assert same(ours(swing(count), mode=mode), animation), f"{mode}, {count} frames"


@pytest.mark.parametrize("name", sorted(FEWER_OPERATIONS))
def test_less_is_computed(upstream_home: Path, plain: "Ours", name: str) -> None:
    ours = changed(upstream_home, name)
    clip = swing(20)
    assert operations(lambda: ours(clip)) < operations(lambda: plain(clip))


def test_models_lent_for_their_stage_are_changed_each_time(
    upstream_home: Path, expected: dict[tuple[Mode, int], Animation]
) -> None:
    from tests.upstream.pipelines import Ours

    lent = Ours(upstream_home, resident=False)
    for _ in range(2):
        assert same(lent(swing(16)), expected["default", 16])


def test_the_anchors_mesh_is_made_in_a_thread_of_its_own(upstream_home: Path, plain: "Ours") -> None:
    class Where(Seen):
        def anchor(self, mesh: Animation) -> None:
            self.thread = threading.current_thread()

    for ours, beside in ((changed(upstream_home, "mesh_beside"), True), (plain, False)):
        seen = Where()
        ours(swing(16), seen=seen)
        assert (seen.thread is not threading.current_thread()) is beside


@pytest.mark.parametrize("name", ["denoiser", "autoencoder"])
def test_loading_draws_nothing_by_chance(sources: Path, upstream_home: Path, name: str) -> None:
    """These two alone need telling: the others' loaders, of diffusers and transformers, draw nothing."""
    from actionmesh.model.temporal_autoencoder import ActionMeshAutoencoder
    from actionmesh.model.temporal_denoiser import ActionMeshDenoiser

    from actionmesh_wrapper.engines.actionmesh.loading import swift_load

    load = {"denoiser": ActionMeshDenoiser, "autoencoder": ActionMeshAutoencoder}[name].from_pretrained
    folder = str(upstream_home / "pretrained_weights/ActionMesh" / name)
    states = [torch.random.get_rng_state()]
    slow = load(folder)
    states.append(torch.random.get_rng_state())
    with swift_load():
        quick = load(folder)
    states.append(torch.random.get_rng_state())
    assert not torch.equal(states[0], states[1])
    assert torch.equal(states[1], states[2])
    for tensor_name, tensor in slow.state_dict().items():
        assert torch.equal(tensor, quick.state_dict()[tensor_name]), tensor_name


def denoise(denoiser: Any, *, halves: int, mixed: bool) -> Any:
    """One step of Stage I's model, with the halves of guidance; (halves, 16, N, D)."""
    chance = torch.Generator().manual_seed(1)
    hidden = torch.randn(1, 16, 64, denoiser.in_channels, generator=chance).repeat(halves, 1, 1, 1)
    context = torch.randn(halves, 16, 257, denoiser.cross_attention_dim, generator=chance)
    context[0] = 0
    mask = torch.zeros(halves, 16)
    mask[:, 0] = 1
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=mixed):
        return denoiser.forward(
            hidden_states=hidden,
            context=context,
            framestep=torch.arange(16.0).repeat(halves, 1),
            diffusion_time=torch.full((halves,), 700.0),
            mask=mask,
        )[0]


def deform(autoencoder: Any) -> Any:
    """Stage II's model on two targets, in mixed precision; its last block turns that off on a GPU."""
    chance = torch.Generator().manual_seed(1)
    latent = torch.randn(1, 16, 64, autoencoder.latent_channels, generator=chance)
    query = torch.randn(1, 500, 6, generator=chance)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        return autoencoder(
            latent, torch.arange(16.0)[None], torch.tensor([0.0]), torch.tensor([[0.2, 0.5]]), query
        )


@pytest.fixture
def denoiser(plain: "Ours") -> Any:
    """Stage I's model as upstream has it, for a test to change."""
    return copy.deepcopy(plain.engine._pipe.temporal_3D_denoiser)


def make(part: str, model: Any, names: Collection[str]) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate import accelerate

    accelerate(part, model, names, torch.bfloat16)


@pytest.mark.parametrize("halves", [1, 2])
@pytest.mark.parametrize(
    "names",
    [
        ["sixteen_bit_weights"],
        ["constant_cross_attention"],
        ["shared_first_block"],
        ["lean_attention"],
        ["fused_attention"],
        [*EXACT, *CLOSE],
    ],
    ids="-".join,
)
def test_in_mixed_precision_stage_1_is_the_same_bit_for_bit(
    denoiser: Any, names: list[str], halves: int
) -> None:
    before = denoise(denoiser, halves=halves, mixed=True)
    make("temporal_3D_denoiser", denoiser, names)
    assert before.dtype == torch.bfloat16
    assert float(before.std()) > 0.01
    assert torch.equal(denoise(denoiser, halves=halves, mixed=True), before)


@pytest.mark.parametrize("name", ["sixteen_bit_weights", "lean_attention", "fused_attention"])
def test_in_mixed_precision_stage_2_is_the_same_bit_for_bit(plain: "Ours", name: str) -> None:
    autoencoder = copy.deepcopy(plain.engine._pipe.temporal_3D_vae)
    before = deform(autoencoder)
    make("temporal_3D_vae", autoencoder, [name])
    assert float(before.std()) > 0.01
    assert torch.equal(deform(autoencoder), before)


@pytest.mark.parametrize("name", ["lean_attention", "fused_attention"])
@pytest.mark.parametrize("part", ["temporal_3D_denoiser", "temporal_3D_vae"])
def test_all_of_a_models_attention_is_ours(plain: "Ours", part: str, name: str) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate.attention import LeanAttention

    model = copy.deepcopy(getattr(plain.engine._pipe, part))
    make(part, model, [name])
    found = [module.processor for module in model.modules() if hasattr(module, "processor")]
    assert len(found) >= len(model.blocks)
    assert all(isinstance(processor, LeanAttention) for processor in found)


def test_weights_in_sixteen_bits_take_half_the_memory(denoiser: Any) -> None:
    def size() -> int:
        return sum(int(tensor.nbytes) for tensor in denoiser.parameters())

    before = size()
    make("temporal_3D_denoiser", denoiser, ["sixteen_bit_weights"])
    assert size() < 0.52 * before


def test_cudnn_is_asked_first(denoiser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it answers can only be seen on a GPU; where it cannot compute, here, the next does, as before."""
    from torch.nn.attention import SDPBackend

    orders: list[int] = []
    attend = torch.nn.functional.scaled_dot_product_attention

    def noted(*args: Any, **given: Any) -> Any:
        orders.append(torch._C._get_sdp_priority_order()[0])
        return attend(*args, **given)

    before = denoise(denoiser, halves=2, mixed=False)
    make("temporal_3D_denoiser", denoiser, ["cudnn_attention"])
    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", noted)
    assert torch.equal(denoise(denoiser, halves=2, mixed=False), before)
    assert set(orders) == {int(SDPBackend.CUDNN_ATTENTION)}


def test_steps_of_image_to_3d_can_be_replayed(
    upstream_home: Path, expected: dict[tuple[Mode, int], Animation]
) -> None:
    """With a stand-in for a GPU's capture, which computes anew; what a GPU replays can only be seen there."""
    from actionmesh_wrapper.engines.actionmesh.accelerate.graph import graph_steps

    captured: list[int] = []

    def capture(run: Any) -> Any:
        captured.append(1)
        return run

    ours = changed(upstream_home)
    graph_steps(ours.engine._pipe.image_to_3d_pipe, capture)
    for _ in range(2):
        assert same(ours(swing(16)), expected["default", 16])
    assert len(captured) == 1, "the second job's steps are of the first one's shape"


@pytest.mark.skipif(shutil.which("g++") is None, reason="PyTorch compiles for a processor with g++")
@pytest.mark.parametrize(("mixed", "tolerance"), [(False, 1e-5), (True, 2**-6)])
def test_compiled_blocks_differ_by_rounding_alone(denoiser: Any, mixed: bool, tolerance: float) -> None:
    """Tolerances are of values around 1: some roundings in float32, and two of bfloat16's last places."""
    before = denoise(denoiser, halves=2, mixed=mixed)
    names = ["constant_cross_attention", "shared_first_block", "fused_attention", "compile"]
    make("temporal_3D_denoiser", denoiser, names)
    after = denoise(denoiser, halves=2, mixed=mixed)
    assert all(block._compiled_call_impl is not None for block in denoiser.blocks[:-1])
    assert float(before.abs().max()) < 2
    torch.testing.assert_close(after, before, rtol=0, atol=tolerance)
