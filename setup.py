"""Package mapping: the folders beside `optgen/` are installed inside it."""

from setuptools import find_namespace_packages, find_packages, setup

FOLDERS = ("generated", "specs", "templates")

packages = find_packages(include=["optgen", "optgen.*"])
for folder in FOLDERS:
    packages += [f"optgen.{folder}", *(f"optgen.{folder}.{name}" for name in find_namespace_packages(folder))]

setup(
    packages=packages,
    package_dir={"optgen": "optgen", **{f"optgen.{folder}": folder for folder in FOLDERS}},
    package_data={
        "optgen": ["py.typed"],
        "optgen.specs": ["references.bib", "derivations.tex"],
        "optgen.templates": ["**/*.j2", "**/*.py", "site/assets/*"],
        "optgen.generated": ["**/*.tex"],
    },
)
