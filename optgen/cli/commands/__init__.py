"""The commands of the command line, a module each; see `optgen.cli.app`."""
