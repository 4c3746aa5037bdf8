#!/usr/bin/env python3
"""Render the drawings of this folder into the integration's brand images: `docs/brand/render.py`.

Needs Chromium. The images are committed, because Home Assistant serves them out of the integration.
"""

from pathlib import Path
import subprocess
import sys
import tempfile

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
IMAGES = ROOT / "custom_components" / "lovato_dmed4" / "brand"

# Width and height in CSS pixels, and what is drawn.
DRAWINGS = {
    "icon": (256, 256, ("icon",)),
    "logo": (640, 160, ("icon", "wordmark")),
}

PAGE = """<!DOCTYPE html>
<style>
  body {{ margin: 0; display: flex; align-items: center; justify-content: space-between; }}
  .icon {{ height: {height}px; }}
  .wordmark {{ width: {words}px; }}
</style>
<body class="{theme}">{drawings}"""


def render(chromium: str, name: str, theme: str, scale: int) -> None:
    """Take a picture of a page with the drawings."""
    width, height, sources = DRAWINGS[name]
    drawings = "".join(
        (HERE / f"{source}.svg").read_text().replace("<svg", f'<svg class="{source}"', 1)
        for source in sources
    )
    image = IMAGES / f"{'dark_' * (theme == 'dark')}{name}{'@2x' * (scale - 1)}.png"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(
            PAGE.format(height=height, words=width - height - 32, theme=theme, drawings=drawings)
        )
        subprocess.run(  # noqa: S603 - our own page
            [
                *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                "--default-background-color=00000000",
                f"--force-device-scale-factor={scale}",
                f"--window-size={width},{height}",
                f"--screenshot={image}",
                page.as_uri(),
            ],
            check=True,
            stderr=subprocess.DEVNULL,
        )


def main() -> int:
    """Render all of them."""
    IMAGES.mkdir(exist_ok=True)
    found = subprocess.run([ROOT / "scripts" / "find-chromium"], check=True, capture_output=True)  # noqa: S603 - our own script
    chromium = found.stdout.decode().strip()
    for name in DRAWINGS:
        for theme in ("light", "dark"):
            for scale in (1, 2):
                render(chromium, name, theme, scale)
    return 0


if __name__ == "__main__":
    sys.exit(main())
