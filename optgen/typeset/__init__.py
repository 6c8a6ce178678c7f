"""Equations for a terminal, as a paper prints them: Unicode symbols, fractions and roots in two dimensions."""
