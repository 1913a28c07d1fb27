"""Patches of known colours, and their code values in other primaries and transfer functions (NumPy alone)."""

import numpy as np
from numpy.typing import NDArray

PATCHES = np.array(
    [
        *((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)),
        *((128, 128, 128), (224, 172, 140), (0, 0, 0), (255, 200, 0)),
    ]
)
"""(8, 3): sRGB's corners, greys, skin, yellow."""

WHITE_NIT = 203  # ITU-R BT.2408
_D65 = (0.3127, 0.329)
_CHROMATICITIES = {  # ITU-T H.273, table 2: red, green, blue, white
    "bt709": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), _D65),
    "bt470bg": ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    "smpte170m": ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), _D65),
    "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    "smpte432": ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), _D65),
}


def _to_xyz(primaries: str) -> NDArray[np.float64]:
    xyz = np.array([(x / y, 1, (1 - x - y) / y) for x, y in _CHROMATICITIES[primaries]]).T
    scaled: NDArray[np.float64] = xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3])
    return scaled


def converted(light: NDArray[np.float64], *, of: str = "bt709", to: str = "bt709") -> NDArray[np.float64]:
    """Light (..., 3) of some primaries in others, clipped to what those can show."""
    shown: NDArray[np.float64] = light @ np.linalg.solve(_to_xyz(to), _to_xyz(of)).T
    return shown.clip(0, 1)


def srgb_light(codes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def srgb_codes(light: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def pq(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084 of light whose 1 is the reference white."""
    power = (light * WHITE_NIT / 10_000) ** (2610 / 16384)
    ratio = (3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)
    codes: NDArray[np.float64] = ratio ** (2523 / 32)
    return codes


def hlg(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """ITU-R BT.2100's HLG, for a display of 1000 nit, of light in BT.2020 whose 1 is the reference white."""
    shown = light * WHITE_NIT / 1000
    luminance = shown @ (0.2627, 0.6780, 0.0593)
    scene = shown * np.where(luminance > 0, luminance, 1)[..., None] ** ((1 - 1.2) / 1.2)
    upper = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), upper)


def still(codes: NDArray[np.float64], width: int = 256, height: int = 64) -> NDArray[np.uint16]:
    """(height, width, 3): the patches (8, 3), of 0 to 1, side by side."""
    columns = (codes * 65535).round().astype(np.uint16)[np.arange(width) * 8 // width]
    return np.broadcast_to(columns, (height, width, 3))


def seen(image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The colours (8, 3) in the middle of each patch."""
    height, width = image.shape[:2]
    columns = ((np.arange(8) + 0.5) * width / 8).astype(int)
    return image[height // 2, columns, :3].astype(np.int64)
