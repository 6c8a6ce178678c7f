"""The authoring rules, one a file: a new module here is a new rule.

A module's docstring says what the rule asks for and why. `check(spec)` yields the problems of one spec,
`check_all(specs)` those between the specs of a folder; `optgen.check.rule.Rule` has the constants that a module
may set.
"""
