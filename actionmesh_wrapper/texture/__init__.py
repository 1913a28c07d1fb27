"""Colour from the video: the camera that filmed the subject, and the frames painted onto the mesh."""
