"""What a caller is warned of by the measures of an animation."""

from collections.abc import Iterator

from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.quality import Quality

# Guessed: no long clip has been made with the real weights yet.
MOST_SEAMS, MOST_VOLUME, MOST_EDGES = 3.0, 0.5, 0.3


def notices(quality: Quality) -> Iterator[Notice]:
    """A notice for each measure that is out of bounds."""
    if quality.seams is not None and quality.seams > MOST_SEAMS:
        jerk = f"The motion jerks {quality.seams:.1f} times as much where windows meet as elsewhere"
        yield Notice("SEAMS", f"{jerk}: look at the animation before you use it.")
    volume, edges = quality.volume_drift or 0.0, quality.edge_drift
    if volume > MOST_VOLUME or edges > MOST_EDGES:
        change = f"the mesh's volume changes by up to {volume:.0%}, its edges by up to {edges:.0%}"
        yield Notice("SHAPE_DRIFTS", f"From the anchor frame on {change}: has the subject kept its shape?")
