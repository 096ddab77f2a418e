"""Methods of classic problems; each gives a bound beside its plan."""
