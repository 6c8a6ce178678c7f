"""The site: static pages of the catalogue that work from a folder, without a server and without a network."""
