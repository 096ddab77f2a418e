"""Studies: what drives the solvers, from one solve to many scenarios and futures."""
