"""Geographic formats: GeoJSON, GeoPackage, Shapefile; what places and lines say."""
