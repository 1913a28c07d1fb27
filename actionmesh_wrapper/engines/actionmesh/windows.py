"""Which frames are worked on together: ActionMesh sees 16 at a time, and a window starts from one known."""


def windows(total: int, anchor: int, size: int) -> list[list[int]]:
    """One window around the anchor, and one for the frames that it leaves over.

    From anchor 0 these are ActionMesh's own windows. From any other its own lose frame 0, and some cannot be
    run; these hold every frame, and the later one starts from a frame of the first.

    Args:
        total: number of frames, ``size`` to 2 ``size`` − 1.
        anchor: index of the anchor frame.
        size: frames in a window.

    Returns:
        One or two lists of ``size`` indices; the first index of each is known before the window is run: the
        anchor, or a frame of the window before.
    """
    start = 0 if anchor < size else total - size
    first = [anchor, *(index for index in range(start, start + size) if index != anchor)]
    if total == size:
        return [first]
    rest = range(total - size, total) if start == 0 else range(size - 1, -1, -1)
    return [first, list(rest)]
