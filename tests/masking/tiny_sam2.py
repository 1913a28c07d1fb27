"""A tiny Sam2VideoModel with random weights: it finds nothing true, but does so by the real code."""

from typing import Any

SIDE = 64  # pixels of its square picture
WIDTH = 128  # at least twice the 64 channels of its memory, which the real code fixes


def tiny_sam2(seed: int = 0) -> Any:
    """The model, ready to run on the processor; its object is always in the picture."""
    import torch
    from transformers import Sam2VideoConfig, Sam2VideoModel

    torch.manual_seed(seed)
    model = Sam2VideoModel(Sam2VideoConfig(**_config())).eval()
    with torch.no_grad():
        for values in model.parameters():
            if values.ndim > 1:
                values.normal_(std=0.2)
        model.mask_decoder.pred_obj_score_head.proj_out.bias.fill_(100)  # "it is there"
    return model


def _config() -> dict[str, Any]:
    backbone = {
        "hidden_size": 8,
        "num_attention_heads": 1,
        "image_size": [SIDE, SIDE],
        "blocks_per_stage": [1, 1, 2, 1],
        "embed_dim_per_stage": [8, 16, 32, 64],
        "num_attention_heads_per_stage": [1, 1, 1, 1],
        "window_size_per_stage": [4, 2, 2, 2],
        "global_attention_blocks": [3],
        "window_positional_embedding_background_size": [2, 2],
    }
    return {
        "image_size": SIDE,
        "vision_config": {
            "backbone_config": backbone,
            "backbone_channel_list": [64, 32, 16, 8],
            "backbone_feature_sizes": [[16, 16], [8, 8], [4, 4]],
            "fpn_hidden_size": WIDTH,
        },
        "prompt_encoder_config": {"hidden_size": WIDTH, "image_size": SIDE, "mask_input_channels": 4},
        "mask_decoder_config": {
            "hidden_size": WIDTH,
            "mlp_dim": 32,
            "num_attention_heads": 2,
            "iou_head_hidden_dim": 16,
        },
        "memory_attention_hidden_size": WIDTH,
        "memory_attention_num_layers": 1,
        "memory_attention_feed_forward_hidden_size": 32,
        "memory_attention_rope_feat_sizes": [4, 4],
        "memory_encoder_hidden_size": WIDTH,
        "mask_downsampler_embed_dim": WIDTH,
        "memory_fuser_num_layers": 1,
        "memory_fuser_embed_dim": WIDTH,
        "memory_fuser_intermediate_dim": 32,
    }
