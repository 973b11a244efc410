"""Prints one line of JSON for each path on the standard input: the facts that Pillow states, under
their names in the API's JSON, or an error."""

import json
import sys
import warnings

import pillow_heif
from PIL import Image

# The color space of each Pillow mode.
COLOR_SPACES = {
    "1": "GRAY",
    "L": "GRAY",
    "LA": "GRAY",
    "I": "GRAY",
    "I;16": "GRAY",
    "F": "GRAY",
    "P": "RGB",
    "PA": "RGB",
    "RGB": "RGB",
    "RGBA": "RGB",
    "RGBX": "RGB",
    "CMYK": "CMYK",
    "LAB": "Lab",
    "YCbCr": "YCbCr",
}


def facts(path):
    with Image.open(path) as image:
        frames = getattr(image, "n_frames", 1)
        orientation = image.getexif().get(0x0112)
        count = "pages" if image.format == "TIFF" else "frames"
        found = {
            "width": image.width,
            "height": image.height,
            "orientation": orientation if orientation in range(1, 9) else None,
            "colorSpace": COLOR_SPACES.get(image.mode),
            count: frames if frames > 1 else None,
        }
    return {name: value for name, value in found.items() if value is not None}


def main():
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    pillow_heif.register_heif_opener()
    for line in sys.stdin:
        try:
            found = facts(line.rstrip("\n"))
        except Exception as error:  # Pillow's plugins raise exceptions of every kind.
            found = {"error": str(error).splitlines()[0] if str(error) else type(error).__name__}
        print(json.dumps(found), flush=True)


main()
