// The model types of transformers that no rule here counts, by what they are: none of them is to be read as
// something else that its fields resemble.
#include "readers.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace kwhatif::model {
namespace {

using Name = std::string_view;

// From auto_mappings.py of transformers in 2026, without those that have a reader or a line in recognise.cpp
// or recognise_media.cpp.
// clang-format off
constexpr std::array of_text = std::to_array<Name>({
    "aria_text", "axk1", "axk2", "bert-generation", "blenderbot-small", "blt", "blt_global_transformer",
    "blt_local_decoder", "blt_local_encoder", "blt_patcher", "canine", "cohere_compass_text", "cosmos3_edge_text", "cpmant",
    "deepseek_ocr2_text", "diffusion_gemma", "diffusion_gemma_text", "dpr", "emu3_text_model", "encoder-decoder",
    "flaubert", "fnet", "fsmt", "gemma4_assistant", "gemma4_unified_assistant", "gemma4_unified_text", "glm5_next",
    "glm_image_text", "glm_ocr_text", "granite4_vision_text", "granitemoe_swa", "hrm_text", "hunyuan_vl_text", "ibert",
    "inkling_text", "jina_embeddings_v3", "kosmos_2_5_text_model", "kosmos_2_text_model", "laguna", "lilt", "markuplm",
    "megatron-bert", "minicpm3", "minimax_m3", "minimax_m3_vl_text", "mistral4", "modernbert-decoder", "mra",
    "muse_glimmer_text", "mvp", "olmo_hybrid", "openai_privacy_filter", "paddleocr_vl_text", "pegasus_x", "qdqbert",
    "qwen2_5_omni_talker", "qwen3_omni_moe_talker_code_predictor", "qwen3_omni_moe_talker_text", "rag", "realm",
    "retribert", "roberta-prelayernorm", "roc_bert", "step3p5", "t5_gemma_module", "t5gemma2", "t5gemma2_decoder",
    "t5gemma2_encoder", "t5gemma2_text", "tapas", "xlm-prophetnet", "yoso", "youtu"});
constexpr std::array of_images_and_text = std::to_array<Name>({
    "aria", "blip_2_qformer", "blip_text_model", "bridgetower_text_model", "bros", "chameleon", "clipseg_text_model",
    "clvp_decoder", "cohere_compass", "colmodernvbert", "colpali", "colqwen2", "cosmos3_edge", "cosmos3_omni",
    "deepseek_ocr2", "deepseek_vl", "deepseek_vl_hybrid", "emu3", "evolla", "exaone4_5", "fast_vlm",
    "flava_multimodal_model", "flava_text_model", "florence2", "fuyu", "gemma4_unified", "glm46v", "glm_image", "glm_ocr",
    "glmga", "got_ocr2", "granite4_vision", "hunyuan_vl", "idefics", "inkling_mm_model", "instructblip",
    "instructblip_qformer", "instructblipvideo", "instructblipvideo_qformer", "janus", "kimi_k25", "kosmos-2", "kosmos-2.5",
    "layoutlmv2", "layoutxlm", "lighton_ocr", "mgp-str", "minicpmv4_6", "minimax_m3_vl", "modernvbert", "muse_glimmer",
    "nougat", "ovis2", "perception_lm", "phi4_multimodal_vision", "pi0", "pix2struct", "pix2struct_text_model",
    "pp_chart2table", "pp_formulanet", "qianfan_ocr", "sam3_lite_text", "shieldgemma2", "step3p7", "tipsv2", "tvp", "udop",
    "video_llama_3", "video_llava", "videoprism", "vipllava"});
constexpr std::array of_sound = std::to_array<Name>({
    "audioflamingo3", "audioflamingo3_encoder", "clap_audio_model", "clap_text_model", "cohere_asr",
    "csm_depth_decoder_model", "dia", "dia_decoder", "dia_encoder", "fastspeech2_conformer_hifigan",
    "fastspeech2_conformer_with_hifigan", "gemma3n_audio", "gemma4_audio", "gemma4_unified_audio", "glmasr",
    "glmasr_encoder", "granite_speech", "granite_speech_encoder", "granite_speech_plus", "granite_speech_plus_encoder",
    "higgs_audio_v2", "higgs_audio_v2_tokenizer", "inkling_audio", "lasr_ctc", "lasr_encoder", "moonshine_streaming",
    "moonshine_streaming_encoder", "moshi", "moshi_depth", "musicflamingo", "musicgen_melody_decoder", "nemotron3_5_asr",
    "nemotron_asr_streaming", "nemotron_asr_streaming_encoder", "parakeet_rnnt", "pe_audio", "pe_audio_encoder",
    "pe_audio_video", "pe_audio_video_encoder", "phi4_multimodal_audio", "qwen2_5_omni_audio_encoder",
    "qwen2_5_omni_bigvgan", "qwen2_5_omni_dit", "qwen2_5_omni_token2wav", "qwen3_asr", "qwen3_asr_encoder",
    "qwen3_omni_moe_audio_encoder", "speech_to_text_2", "speecht5_hifigan", "vibevoice_acoustic_tokenizer", "vibevoice_asr"});
constexpr std::array of_images = std::to_array<Name>({
    "align_vision_model", "altclip_vision_model", "blip_2_vision_model", "blip_vision_model", "bridgetower_vision_model",
    "chameleon_vqgan", "chinese_clip_vision_model", "chmv2", "clipseg_vision_model", "cohere_compass_vision",
    "cosmos3_edge_vision", "deepseek_ocr2_encoder", "deepseek_ocr2_sam_vision_model", "deepseek_ocr2_vision", "deimv2",
    "donut-swin", "edgetam_video", "edgetam_vision_model", "efficientloftr", "emu3_vqgan", "eomt_dinov3",
    "ernie4_5_vl_moe_vision", "exaone4_5_vision", "flava_image_model", "florence_vision", "gemma3n_vision",
    "gemma4_unified_vision", "gemma4_vision", "git_vision_model", "glm4v_moe_vision", "glm_image_vision",
    "glm_image_vqmodel", "glm_ocr_vision", "groupvit_vision_model", "hunyuan_vl_vision", "idefics2_vision",
    "idefics3_vision", "inkling_vision", "instructblip_vision_model", "instructblipvideo_vision_model",
    "janus_vision_model", "janus_vqgan", "kimi_k25_vision", "kosmos_2_5_vision_model", "kosmos_2_vision_model", "lightglue",
    "lw_detr", "lw_detr_vit", "maskformer-swin", "metaclip_2_vision_model", "minicpmv4_6_vision", "minimax_m3_vl_vision",
    "mlcd", "mlcd_vision_model", "muse_glimmer_vision", "owlv2_vision_model", "owlvit_vision_model", "paddleocr_vl_vision",
    "pe_video", "pe_video_encoder", "pix2struct_vision_model", "pixio", "pp_doclayout_v2", "pp_doclayout_v3", "pp_lcnet",
    "pp_lcnet_v3", "pp_lcnet_v4", "pp_ocrv5_mobile_det", "pp_ocrv5_mobile_rec", "pp_ocrv5_server_det",
    "pp_ocrv5_server_rec", "pp_ocrv6_medium_det", "pp_ocrv6_small_det", "pp_ocrv6_small_rec", "pp_ocrv6_tiny_rec",
    "prompt_depth_anything", "qianfan_ocr_vision", "qwen2_5_omni_vision_encoder", "qwen3_5_moe_vision", "qwen3_5_vision",
    "qwen3_omni_moe_vision_encoder", "qwen3_vl_moe_vision", "radio", "rf_detr_dinov2", "rt_detr_resnet",
    "sam2_hiera_det_model", "sam2_vision_model", "sam3_tracker", "sam3_tracker_video", "sam3_video", "sam3_vision_model",
    "sam3_vit_model", "sam_hq_vision_model", "sam_vision_model", "sapiens2", "seggpt", "siglip2_vision_model", "slanet",
    "slanext", "smolvlm_vision", "step3p5_vision", "superglue", "swiftformer", "tipsv2_dpt", "tipsv2_vision_model", "uvdoc",
    "uvdoc_backbone", "video_llama_3_vision", "videomt", "videoprism_vision_model", "vitmatte", "vitpose",
    "vitpose_backbone"});
constexpr std::array of_time_series = std::to_array<Name>({
    "autoformer", "informer", "patchtsmixer", "patchtst", "time_series_transformer", "timesfm2_5"});
constexpr std::array text_towers = std::to_array<Name>({
    "aimv2_text_model", "align_text_model", "altclip_text_model", "chinese_clip_text_model", "groupvit_text_model",
    "metaclip_2_text_model", "owlv2_text_model", "owlvit_text_model", "siglip2_text_model", "tipsv2_text_model",
    "videoprism_text_model"});
constexpr std::array of_proteins = std::to_array<Name>({
    "esmfold2"});
constexpr std::array of_decisions = std::to_array<Name>({
    "decision_transformer"});
// clang-format on

struct Group {
  std::span<const Name> types;
  Name what;
};
constexpr std::array groups = std::to_array<Group>({{of_text, "a language model"},
                                                    {of_images_and_text, "a model of images and text"},
                                                    {of_sound, "a model of sound"},
                                                    {of_images, "an image network"},
                                                    {of_time_series, "a forecaster of time series"},
                                                    {text_towers, "a text tower"},
                                                    {of_proteins, "a protein network"},
                                                    {of_decisions, "a model of decisions"}});

}  // namespace

std::string_view what_transformers_has(std::string_view type) {
  for (const Group& group : groups) {
    if (std::ranges::find(group.types, type) != group.types.end()) return group.what;
  }
  return {};
}

}  // namespace kwhatif::model
