"""Cuts a surface into charts and packs them, in a process of its own: xatlas is one call of seconds.

Started by its path, it reads ``vertices``, ``faces`` and ``size`` as an npz file from stdin and writes
``origin``, ``faces``, ``uv`` and ``charts`` to stdout, see `unwrap.Unwrapped`. NumPy and xatlas
are all that it imports, so that it starts at once.
"""

import io
import sys

import numpy as np
import xatlas

MAX_COST = 1.0  # of a chart's growth: half of the default; as few charts in less than half of the time
PADDING = 4  # texels between charts: two levels of a mip map without a neighbour's colour


def main() -> None:
    """Unwraps the mesh on stdin."""
    with np.load(io.BytesIO(sys.stdin.buffer.read())) as given:
        vertices, faces, size = given["vertices"], given["faces"], int(given["size"])
    chart, pack = xatlas.ChartOptions(), xatlas.PackOptions()
    chart.max_cost = MAX_COST
    pack.resolution, pack.padding, pack.bilinear = size, PADDING, True
    atlas = xatlas.Atlas()
    atlas.add_mesh(vertices, faces.astype(np.uint32))
    atlas.generate(chart, pack)
    origin, corners, uv = atlas[0]
    made = io.BytesIO()
    np.savez(
        made, origin=origin.astype(np.int32), faces=corners.astype(np.int32), uv=uv, charts=atlas.chart_count
    )
    sys.stdout.buffer.write(made.getvalue())


if __name__ == "__main__":
    main()
