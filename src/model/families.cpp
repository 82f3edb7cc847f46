// The table of families, and which reader a config goes to.
#include "readers.hpp"
#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::model {
namespace {

constexpr std::array own = std::to_array<OwnReader>({
    {{"opt", "OPT", Kind::decoder}, read_opt},
    {{"bloom", "BLOOM", Kind::decoder}, read_bloom},
    {{"falcon", "Falcon", Kind::decoder}, read_falcon},
    {{"RefinedWeb", "Falcon (early files)", Kind::decoder}, read_falcon},
    {{"RefinedWebModel", "Falcon (early files)", Kind::decoder}, read_falcon},
    {{"mpt", "MPT", Kind::decoder}, read_mpt},
    {{"dbrx", "DBRX", Kind::decoder}, read_dbrx},
    {{"chatglm", "ChatGLM 2 to GLM 4", Kind::decoder}, read_chatglm},
    {{"phi3small", "Phi 3 small", Kind::decoder}, read_phi3small},
    {{"qwen", "Qwen 1", Kind::decoder}, read_qwen1},
    {{"gemma3n_text", "Gemma 3n", Kind::decoder}, read_gemma3n},
    {{"arctic", "Snowflake Arctic", Kind::decoder}, read_arctic},
    {{"openai-gpt", "GPT-1", Kind::decoder}, read_openai_gpt},
    {{"xglm", "XGLM", Kind::decoder}, read_xglm},
    {{"biogpt", "BioGPT", Kind::decoder}, read_biogpt},
    {{"openelm", "OpenELM", Kind::decoder}, read_openelm},
    {{"deepseek_v4", "DeepSeek-V4", Kind::decoder}, read_deepseek_v4},
    {{"gemma4_text", "Gemma 4", Kind::decoder}, read_gemma4},
    {{"mllama_text_model", "Llama 3.2 vision, text part", Kind::decoder}, read_mllama},
    {{"bert", "BERT", Kind::encoder}, read_bert},
    {{"roberta", "RoBERTa", Kind::encoder}, read_bert},
    {{"xlm-roberta", "XLM-RoBERTa", Kind::encoder}, read_bert},
    {{"camembert", "CamemBERT", Kind::encoder}, read_bert},
    {{"ernie", "ERNIE 1 to 3", Kind::encoder}, read_ernie},
    {{"data2vec-text", "data2vec for text", Kind::encoder}, read_data2vec_text},
    {{"splinter", "Splinter", Kind::encoder}, read_splinter},
    {{"layoutlm", "LayoutLM", Kind::encoder}, read_layoutlm},
    {{"layoutlmv3", "LayoutLM 3", Kind::encoder}, read_layoutlmv3},
    {{"esm", "ESM-1b and ESM-2", Kind::encoder}, read_esm},
    {{"esmc", "ESM C", Kind::encoder}, read_esmc},
    {{"big_bird", "BigBird", Kind::encoder}, read_bigbird},
    {{"longformer", "Longformer", Kind::encoder}, read_longformer},
    {{"nystromformer", "Nystromformer", Kind::encoder}, read_nystromformer},
    {{"roformer", "RoFormer", Kind::encoder}, read_roformer},
    {{"xlnet", "XLNet", Kind::encoder}, read_xlnet},
    {{"mobilebert", "MobileBERT", Kind::encoder}, read_mobilebert},
    {{"squeezebert", "SqueezeBERT", Kind::encoder}, read_squeezebert},
    {{"nomic_bert", "Nomic BERT", Kind::encoder}, read_nomic_bert},
    {{"new", "GTE (NewModel)", Kind::encoder}, read_gte},
    {{"eurobert", "EuroBERT", Kind::encoder}, read_eurobert},
    {{"mpnet", "MPNet", Kind::encoder}, read_mpnet},
    {{"distilbert", "DistilBERT", Kind::encoder}, read_distilbert},
    {{"electra", "ELECTRA", Kind::encoder}, read_electra},
    {{"albert", "ALBERT", Kind::encoder}, read_albert},
    {{"wav2vec2", "wav2vec 2.0", Kind::encoder}, read_wav2vec2},
    {{"hubert", "HuBERT", Kind::encoder}, read_hubert},
    {{"unispeech", "UniSpeech", Kind::encoder}, read_unispeech},
    {{"unispeech-sat", "UniSpeech", Kind::encoder}, read_unispeech},
    {{"wavlm", "WavLM", Kind::encoder}, read_wavlm},
    {{"data2vec-audio", "data2vec, sound", Kind::encoder}, read_data2vec_audio},
    {{"audio-spectrogram-transformer", "Audio Spectrogram Transformer", Kind::vision_transformer}, read_ast},
    {{"modernbert", "ModernBERT", Kind::encoder}, read_modernbert},
    {{"deberta-v2", "DeBERTa 2 and 3", Kind::encoder}, read_deberta_v2},
    {{"clip_text_model", "CLIP's text tower", Kind::encoder}, read_clip_text},
    {{"siglip_text_model", "SigLIP's text tower", Kind::encoder}, read_siglip_text},
    {{"t5", "T5 v1.0, v1.1 and Flan-T5", Kind::encoder_decoder}, read_t5},
    {{"mt5", "mT5", Kind::encoder_decoder}, read_mt5},
    {{"umt5", "UMT5", Kind::encoder_decoder}, read_umt5},
    {{"bart", "BART", Kind::encoder_decoder}, read_bart},
    {{"mbart", "mBART", Kind::encoder_decoder}, read_mbart},
    {{"pegasus", "Pegasus", Kind::encoder_decoder}, read_pegasus},
    {{"marian", "Marian (Opus-MT)", Kind::encoder_decoder}, read_marian},
    {{"m2m_100", "M2M-100 and NLLB", Kind::encoder_decoder}, read_m2m},
    {{"blenderbot", "BlenderBot", Kind::encoder_decoder}, read_blenderbot},
    {{"led", "LED", Kind::encoder_decoder}, read_led},
    {{"bigbird_pegasus", "BigBird-Pegasus", Kind::encoder_decoder}, read_bigbird_pegasus},
    {{"longt5", "LongT5", Kind::encoder_decoder}, read_longt5},
    {{"t5gemma", "T5Gemma", Kind::encoder_decoder}, read_t5gemma},
    {{"whisper", "Whisper", Kind::encoder_decoder}, read_whisper},
    {{"mamba", "Mamba", Kind::state_space}, read_mamba},
    {{"falcon_mamba", "Falcon Mamba", Kind::state_space}, read_falcon_mamba},
    {{"mamba2", "Mamba 2", Kind::state_space}, read_mamba2},
    {{"rwkv", "RWKV 4", Kind::state_space}, read_rwkv},
    {{"vit", "ViT", Kind::vision_transformer}, read_vit},
    {{"deit", "DeiT", Kind::vision_transformer}, read_deit},
    {{"dinov2", "DINOv2", Kind::vision_transformer}, read_dinov2},
    {{"dinov2_with_registers", "DINOv2 with registers", Kind::vision_transformer}, read_dinov2_registers},
    {{"dinov3_vit", "DINOv3", Kind::vision_transformer}, read_dinov3},
    {{"ijepa", "I-JEPA", Kind::vision_transformer}, read_ijepa},
    {{"beit", "BEiT", Kind::vision_transformer}, read_beit},
    {{"data2vec-vision", "data2vec, images", Kind::vision_transformer}, read_beit},
    {{"videomae", "VideoMAE", Kind::vision_transformer}, read_videomae},
    {{"clip_vision_model", "CLIP's image tower", Kind::vision_transformer}, read_clip_vision},
    {{"siglip_vision_model", "SigLIP's image tower", Kind::vision_transformer}, read_siglip_vision},
    {{"vit_mae", "ViT-MAE", Kind::vision_transformer}, read_vit_mae},
    {{"sam", "SAM", Kind::vision_transformer}, read_sam},
    {{"segformer", "SegFormer", Kind::vision_transformer}, read_segformer},
    {{"detr", "DETR", Kind::vision_transformer}, read_detr},
    {{"table-transformer", "Table Transformer", Kind::vision_transformer}, read_table_transformer},
    {{"yolos", "YOLOS", Kind::vision_transformer}, read_yolos},
    {{"clip", "CLIP", Kind::vision_transformer}, read_clip},
    {{"siglip", "SigLIP", Kind::vision_transformer}, read_siglip},
    {{"siglip2", "SigLIP 2 of any shape", Kind::vision_transformer}, read_siglip2},
    {{"open_clip", "OpenCLIP", Kind::vision_transformer}, read_open_clip},
    {{"swin", "Swin", Kind::vision_transformer}, read_swin},
    {{"convnext", "ConvNeXt", Kind::convolutional}, read_convnext},
    {{"swinv2", "Swin V2", Kind::vision_transformer}, read_swinv2},
    {{"convnextv2", "ConvNeXt V2", Kind::convolutional}, read_convnextv2},
    {{"efficientnet", "EfficientNet", Kind::convolutional}, read_efficientnet},
    {{"mobilenet_v2", "MobileNet V2", Kind::convolutional}, read_mobilenet_v2},
    {{"regnet", "RegNet", Kind::convolutional}, read_regnet},
    {{"timm", "the usual networks of timm, by name", Kind::convolutional}, read_timm},
    {{"resnet", "ResNet", Kind::convolutional}, read_resnet},
    {{"UNet2DConditionModel", "Stable Diffusion UNet", Kind::diffusion}, read_unet},
    {{"UNet2DModel", "DDPM UNet", Kind::diffusion}, read_plain_unet},
    {{"ControlNetModel", "ControlNet", Kind::diffusion}, read_control_net},
    {{"AutoencoderKL", "Autoencoder of Stable Diffusion", Kind::convolutional}, read_autoencoder},
    {{"DiTTransformer2DModel", "DiT", Kind::diffusion}, read_dit},
    {{"Transformer2DModel", "DiT and PixArt (early files)", Kind::diffusion}, read_transformer_2d},
    {{"PixArtTransformer2DModel", "PixArt", Kind::diffusion}, read_pixart},
    {{"SD3Transformer2DModel", "Stable Diffusion 3", Kind::diffusion}, read_sd3},
    {{"FluxTransformer2DModel", "FLUX", Kind::diffusion}, read_flux},
    {{"Flux2Transformer2DModel", "FLUX.2", Kind::diffusion}, read_flux2},
    {{"QwenImageTransformer2DModel", "Qwen-Image", Kind::diffusion}, read_qwen_image},
    {{"AuraFlowTransformer2DModel", "AuraFlow", Kind::diffusion}, read_auraflow},
    {{"Lumina2Transformer2DModel", "Lumina 2", Kind::diffusion}, read_lumina2},
    {{"ZImageTransformer2DModel", "Z-Image", Kind::diffusion}, read_z_image},
    {{"SanaTransformer2DModel", "Sana", Kind::diffusion}, read_sana},
    {{"WanTransformer3DModel", "Wan", Kind::diffusion}, read_wan},
    {{"HunyuanVideoTransformer3DModel", "HunyuanVideo", Kind::diffusion}, read_hunyuan_video},
    {{"CogVideoXTransformer3DModel", "CogVideoX", Kind::diffusion}, read_cogvideox},
    {{"LTXVideoTransformer3DModel", "LTX-Video", Kind::diffusion}, read_ltx_video},
});

}  // namespace

std::span<const OwnReader> own_readers() { return own; }

std::span<const Family> families() {
  static const std::vector<Family> all = [] {
    std::vector<Family> list;
    for (const DecoderRules& rules : decoder_rules())
      list.push_back({rules.model_type, rules.title, Kind::decoder});
    for (const OwnReader& reader : own) list.push_back(reader.family);
    std::ranges::stable_sort(list, [](const Family& a, const Family& b) { return a.kind < b.kind; });
    return list;
  }();
  return all;
}

}  // namespace kwhatif::model
