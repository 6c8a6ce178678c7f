"""Programs that set the book, and how to get them on Debian and its like."""

from __future__ import annotations

INSTALL = "apt-get install latexmk texlive-latex-recommended"
NEEDED = ("latexmk", "pdflatex", "bibtex")
