"""The land: where zones lie, and what may not be built at which site."""
