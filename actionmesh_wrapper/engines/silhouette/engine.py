"""The engine's line: masks → subject → mesh → cage → track → surface → output."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from actionmesh_wrapper.contract.engines import SILHOUETTE
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.arrays import Bytes
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.data.quality import measure
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.silhouette.cage import build_cage
from actionmesh_wrapper.engines.silhouette.inflate import inflate
from actionmesh_wrapper.engines.silhouette.meshing import mesh_surface
from actionmesh_wrapper.engines.silhouette.output import TrackedSurface, anchor_texture, to_animation, uv_of
from actionmesh_wrapper.engines.silhouette.subject import cut_subject, subject_masks
from actionmesh_wrapper.engines.silhouette.surface import in_between, move_surface
from actionmesh_wrapper.engines.silhouette.track import CageTracker
from actionmesh_wrapper.errors import InvalidInput
from actionmesh_wrapper.masking import NO_MODELS, MaskModels

STAGES: Mapping[str, float] = MappingProxyType({"masks": 40, "mesh": 5, "track": 45, "surface": 10})
FILM_COARSENESS = 2  # crop pixels
NOBODY = Listener()


class Silhouette:
    """A classical engine for machines without a GPU: inflates the subject's silhouette and tracks it.

    It is 2.5D: the back mirrors the front, turns out of the picture's plane become stretching within it,
    and limbs that cross are fused. It is deterministic, so it needs no seed.

    Args:
        mask_models: what it may find the subject with.
        revision: of these models' weights.
    """

    facts = SILHOUETTE
    accelerated = ()

    def __init__(self, mask_models: MaskModels = NO_MODELS, revision: str = "") -> None:
        self._mask_models = mask_models
        self.revision = revision

    def stages(self, options: Options, num_frames: int) -> Mapping[str, float]:  # noqa: ARG002
        """By the number of frames alone; see `Engine.stages`."""
        return {stage: share * num_frames for stage, share in STAGES.items()}

    def accept(self, options: Options, *, mesh: bool) -> None:  # noqa: ARG002 – of options it takes all
        """Takes every job without a mesh: an option that it does not heed is only warned of.

        Raises:
            InvalidInput: if there is a mesh.
        """
        if mesh:
            raise InvalidInput(
                "mesh_url, mesh_base64: this worker's silhouette engine makes its own mesh from the outline; "
                "only the actionmesh engine animates a mesh that is given."
            )

    def find_masks(self, task: Task, listener: Listener) -> None:
        """Finds the masks alone; see `Engine.find_masks`, and `animate` for what it raises."""
        masks_of(task, listener, self._mask_models)

    def animate(self, task: Task, listener: Listener) -> Animation:
        """Makes the animation; see `Engine.animate`.

        Raises:
            InvalidInput: if there is a mesh, or masks are to be alpha and there is none.
            ModelMissing: if masks are to come from a model that is not there.
            SubjectNotFound: if the masks are empty, full, or lost in more than a quarter of the frames.
        """
        self.accept(task.options, mesh=task.mesh is not None)
        animation = to_animation(build_surface(task, listener, self._mask_models), task.frames.fps)
        all_together = [0] * len(task.frames)
        quality = measure(animation.vertices, animation.faces, animation.anchor, all_together)
        return replace(animation, quality=quality)


def masks_of(task: Task, listener: Listener, mask_models: MaskModels) -> Bytes:
    """The subject's masks (T, H, W) uint8, which the listener is told."""
    masks = subject_masks(task.frames, task.options, mask_models, listener.step, listener.warn)
    listener.masks(masks)
    return masks


def build_surface(
    task: Task, listener: Listener = NOBODY, mask_models: MaskModels = NO_MODELS
) -> TrackedSurface:
    """What `Silhouette.animate` makes, still in the source's pixels: for previews and measurements."""
    frames, options = task.frames, task.options
    masks = masks_of(task, listener, mask_models)
    subject = cut_subject(frames, masks, listener.warn)
    step = listener.step
    step("mesh", 0, 2)

    shape = subject.anchor_shape
    faces = options.face_decimation or int(SILHOUETTE.knobs["face_decimation"].default)
    film = inflate(shape.mask, shape.distance, coarseness=FILM_COARSENESS)
    mesh = mesh_surface(film, num_vertices=faces // 2)  # a closed mesh has about twice as many faces
    step("mesh", 1, 2)
    cage = build_cage(shape.mask, shape.distance)
    anchor_frame = int(subject.frames[subject.anchor])
    anchor = TrackedSurface(
        vertices=subject.crop.to_source(mesh.vertices[None]),
        faces=mesh.faces,
        anchor=anchor_frame,
        uv=uv_of(mesh.vertices[:, :2], subject.crop),
        texture=anchor_texture(frames.images[anchor_frame, ..., :3], shape.mask, subject.crop),
    )
    listener.anchor(to_animation(anchor, frames.fps))
    step("mesh", 2, 2)

    count = len(subject.frames)
    tracker = CageTracker(subject.greys, subject.shapes, cage, subject.anchor)
    nodes = tracker.run(lambda done: step("track", done, count))

    step("surface", 0, 2)
    vertices = move_surface(mesh, cage, nodes, subject.shapes, subject.anchor)
    vertices = in_between(vertices, subject.frames, len(frames))
    step("surface", 1, 2)
    surface = replace(anchor, vertices=subject.crop.to_source(vertices))
    step("surface", 2, 2)
    return surface
