"""The paths, one module per kind of thing."""
