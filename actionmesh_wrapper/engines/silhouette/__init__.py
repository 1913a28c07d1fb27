"""The silhouette engine: inflates the subject's outline into a surface and tracks it through the clip."""

from actionmesh_wrapper.engines.silhouette.engine import Silhouette

__all__ = ["Silhouette"]
