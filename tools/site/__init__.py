"""The documentation site: `make docs-site` builds it from docs/ and the other Markdown of the repository.

The pages are plain Markdown, and read the same on GitHub. What a site needs beyond that is here, and not in the pages:
the navigation, pages for the files that they link to, the style, and the check of what was built. Decision 49 says why
it is Sphinx.
"""
