"""Settlement projections: cohorts by region, spread over settlements."""

from aumaq.instances.people.projection.run import Projection, project

__all__ = ["Projection", "project"]
