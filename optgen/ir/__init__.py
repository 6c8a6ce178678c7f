"""A small typed intermediate representation; see `nodes`."""
