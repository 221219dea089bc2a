"""A small shop as it stands after a week of five people's branches: three apps have conflicts."""
