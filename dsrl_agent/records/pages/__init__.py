"""Write HTML pages from templates; what all pages share lies in `templates/`."""

from dsrl_agent.records.pages.rendering import marked, png_address, render_page

__all__ = ["marked", "png_address", "render_page"]
