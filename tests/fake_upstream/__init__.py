"""A named fake of ActionMesh's and TripoSG's code: what the engine touches of them, and no more.

It has their names, signatures and shapes, and says in `CALLS` in which order it was called, with the knobs as
they stood. Its mesh is an icosahedron that moves aside by a hundredth from frame to frame.
`tests/upstream/test_fake.py` holds it against the real code, where that is installed.
"""
