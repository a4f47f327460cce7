"""Read image files as frames: what a person sees is what is read."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dsrl_agent.errors import ObservationError
from dsrl_agent.types import Floats, Frame

_UNREADABLE = (OSError, UnidentifiedImageError, SyntaxError, ValueError, EOFError)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_SIXTEEN_BITS = ("I;16", "I;16B", "I;16L", "I;16N")


def read_pictures(names: Sequence[str], most_pixels: int) -> tuple[Frame, list[str]]:
    """Return image files as frames, `uint8 [N, H, W, 3]`, and remarks on how they were read.

    Transparent pixels show white, as on a page. Orientation is as the file says. Of an animated
    file, the first picture is read. `most_pixels` bounds the pixels of all pictures together; a
    file that exceeds it is refused before it is decoded.

    Raises:
        ObservationError: A file cannot be read, the pictures differ in size, or they are too large.
    """
    pictures, remarks, left = list[Frame](), list[str](), most_pixels
    for name in names:
        picture, count = _read(name, left, most_pixels)
        pictures.append(picture)
        left -= picture.shape[0] * picture.shape[1]
        if count > 1:
            remarks.append(f"{name} has {count} pictures; the first one is read")
        if pictures[-1].shape != pictures[0].shape:
            raise ObservationError(
                f"The picture {name!r} is {pictures[-1].shape[0]} x {pictures[-1].shape[1]}, but "
                f"{names[0]!r} is {pictures[0].shape[0]} x {pictures[0].shape[1]}; give pictures "
                "of one size."
            )
    return np.stack(pictures), remarks


def resized(frame: Frame, size: tuple[int, int]) -> Frame:
    """Return a frame `uint8 [H, W, 3]` at another size in rows and columns of pixels.

    A frame whose pixels were enlarged by whole numbers becomes what it was.
    """
    whole = frame.shape[0] % size[0] == frame.shape[1] % size[1] == 0
    method = Image.Resampling.BOX if whole else Image.Resampling.BICUBIC
    brought = Image.fromarray(frame).resize((size[1], size[0]), method)
    return np.asarray(brought, np.uint8)


def _read(name: str, left: int, most: int) -> tuple[Frame, int]:
    """Return a file's picture `[H, W, 3]`, and the number of pictures that the file has."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(name) as picture:
                _require_size(name, picture.size, left, most)
                return _as_seen(name, picture), int(getattr(picture, "n_frames", 1))
    except ObservationError:
        raise
    except _BOMBS as error:
        raise ObservationError(
            f"The picture {name!r} is too large ({error}), but at most {most:,} pixels in all can "
            "be read; give a smaller picture, or a part of it."
        ) from error
    except _UNREADABLE as error:
        raise ObservationError(
            f"The picture {name!r} cannot be read ({error}); give an image file such as PNG."
        ) from error


def _require_size(name: str, size: tuple[int, int], left: int, most: int) -> None:
    """Raise an error if a picture of a size (width, height) has more pixels than are left."""
    width, height = size
    if width * height > left:
        raise ObservationError(
            f"The picture {name!r} is {height} x {width}, which with those before it is more than "
            f"the {most:,} pixels in all that can be read (perception.stills.most_pixels); give "
            "fewer or smaller pictures, or a part of them."
        )


def _as_seen(name: str, picture: Image.Image) -> Frame:
    """Return the colours `uint8 [H, W, 3]` that a viewer shows."""
    if picture.mode in _SIXTEEN_BITS or picture.mode in ("I", "F"):
        levels = _levels(name, np.asarray(picture, np.float64), picture.mode)
        picture = _turned(Image.fromarray(levels), picture)
    else:
        picture = ImageOps.exif_transpose(picture)
    if picture.has_transparency_data:
        own = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", own.size, "white"), own)
    return np.array(picture.convert("RGB"), np.uint8)


def _levels(name: str, values: Floats, mode: str) -> Frame:
    """Return grey levels `uint8 [H, W]` of more than 8 bits, or of floats in [0, 1]."""
    whole = 1.0 if mode == "F" else 65535.0
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > whole:
        raise ObservationError(
            f"The picture {name!r} has values from {values.min():g} to {values.max():g}, but its "
            f"kind is shown from 0 to {whole:g}; scale them, or save it with 8 bits a channel."
        )
    return np.asarray(np.rint(values * (255 / whole)), np.uint8)


def _turned(levels: Image.Image, original: Image.Image) -> Image.Image:
    """Return an image turned as the original's EXIF orientation says."""
    levels.info["exif"] = original.getexif().tobytes()
    return ImageOps.exif_transpose(levels)
