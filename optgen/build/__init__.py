"""From a folder of specs to a folder of generated code: what is stale, what is written, what is removed.

`builder` is the way in. Importing it is cheap: SymPy, Jinja2 and the lock are imported once there is something to do.
"""
