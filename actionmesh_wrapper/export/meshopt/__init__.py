"""EXT_meshopt_compression's bitstream, written by NumPy: no compiler and no library is needed to install it.

Source: Khronos, glTF extension EXT_meshopt_compression, appendix A.
"""

from actionmesh_wrapper.export.meshopt.attributes import encode_attributes
from actionmesh_wrapper.export.meshopt.triangles import VertexOrder, encode_triangles, strip_order

__all__ = ["VertexOrder", "encode_attributes", "encode_triangles", "strip_order"]
