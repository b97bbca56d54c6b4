"""The command line: `deban`."""
