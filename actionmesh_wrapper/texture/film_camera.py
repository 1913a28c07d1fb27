"""Moved to `actionmesh_wrapper.data.film_camera`."""

from actionmesh_wrapper.data.film_camera import FilmCamera

__all__ = ["FilmCamera"]
