"""The pipeline's models, by their attributes."""

IMAGE_TO_3D, SHAPE_ENCODER, IMAGE_ENCODER, DENOISER, AUTOENCODER = (
    "image_to_3d_pipe",
    "vae",
    "image_encoder",
    "temporal_3D_denoiser",
    "temporal_3D_vae",
)

OF_EVERY_JOB = (IMAGE_TO_3D, IMAGE_ENCODER, DENOISER, AUTOENCODER)
