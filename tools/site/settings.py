"""The settings of Sphinx for the site: values, and no conf.py, so that they are typed and checked like all code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler import __version__
from tools.site.navigation import FIRST, SOURCES

HERE = Path(__file__).parent

THEME: Mapping[str, object] = {
    "logo": {"text": "poolctl"},
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 6,
    "navigation_depth": 3,
    "show_nav_level": 1,
    "show_toc_level": 2,
    "collapse_navigation": True,
    "search_as_you_type": True,
    "search_bar_text": "Search, for example MfaConfiguration or CG415",
    "footer_start": ["site-footer"],
    "footer_center": [],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "github-light-high-contrast",
    "pygments_dark_style": "github-dark-high-contrast",
    "back_to_top_button": False,
}


def settings(root: Path) -> dict[str, object]:
    """Return the settings by name, for a repository at `root`.

    Folders without pages are not looked into, which saves most of the time. The Markdown is GitHub's: anchors as GitHub
    makes them, no syntax beyond, and options such as `--live` with the hyphens that they have.
    """
    looked_into = {source.partition("/")[0] for source in SOURCES if "/" in source}
    others = [p.name for p in sorted(root.iterdir()) if p.is_dir() and p.name not in looked_into]
    return {
        "project": "poolctl",
        "version": __version__,
        "release": __version__,
        "extensions": ["myst_parser", "tools.site.extension"],
        "root_doc": FIRST,
        "include_patterns": list(SOURCES),
        "exclude_patterns": [f"{name}/**" for name in others],
        "myst_heading_anchors": 6,
        "highlight_language": "text",
        "smartquotes": False,
        "nitpicky": True,
        "html_theme": "pydata_sphinx_theme",
        "html_theme_options": THEME,
        "html_title": "poolctl",
        "html_static_path": [str(HERE / "assets")],
        "templates_path": [str(HERE / "templates")],
        "html_css_files": ["site.css"],
        "html_js_files": [("site.js", {"defer": "defer"})],
        "html_show_sphinx": False,
        "html_show_copyright": False,
        "html_show_sourcelink": False,
        "html_copy_source": False,
        "html_use_index": False,
        "html_domain_indices": False,
        "html_permalinks_icon": "#",
        "html_sidebars": {FIRST: []},
    }
