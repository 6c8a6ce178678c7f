"""The catalogue as a book: one LaTeX document made of captured equations, and its PDF."""
