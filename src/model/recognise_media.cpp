// Models of images, sound and pairs that are known by name and not counted: what each is, for one true
// sentence.
#include "readers.hpp"

#include <algorithm>
#include <array>

namespace kwhatif::model {
namespace {

using Name = std::string_view;

struct Known {
  Name type;
  Name what;
};
// clang-format off
constexpr std::array known = std::to_array<Known>({
    {"sam2", "a segmenter of images and videos"}, {"sam2_video", "a segmenter of videos"}, {"sam3", "a segmenter of images and videos"},
    {"sam_hq", "a segmenter of images"}, {"edgetam", "a segmenter of images and videos"}, {"mask2former", "a segmenter of images"}, {"maskformer", "a segmenter of images"},
    {"oneformer", "a segmenter of images"}, {"upernet", "a segmenter of images"}, {"eomt", "a segmenter of images"}, {"clipseg", "a segmenter of images by text"},
    {"rt_detr", "a detector of objects"}, {"rt_detr_v2", "a detector of objects"}, {"d_fine", "a detector of objects"}, {"rf_detr", "a detector of objects"},
    {"deformable_detr", "a detector of objects"}, {"conditional_detr", "a detector of objects"}, {"dab-detr", "a detector of objects"}, {"deta", "a detector of objects"},
    {"grounding-dino", "a detector of objects by text"}, {"mm-grounding-dino", "a detector of objects by text"}, {"owlvit", "a detector of objects by text"},
    {"owlv2", "a detector of objects by text"}, {"omdet-turbo", "a detector of objects by text"},
    {"dpt", "an estimator of depth"}, {"depth_anything", "an estimator of depth"}, {"depth_pro", "an estimator of depth"}, {"zoedepth", "an estimator of depth"},
    {"glpn", "an estimator of depth"}, {"vit-hybrid", "an image network"}, {"vit_hybrid", "an image network"}, {"levit", "an image network"}, {"cvt", "an image network"},
    {"pvt", "an image network"}, {"pvt_v2", "an image network"}, {"mobilevit", "an image network"}, {"mobilevitv2", "an image network"}, {"hiera", "an image network"},
    {"mobilenet_v1", "an image network"}, {"efficientformer", "an image network"}, {"poolformer", "an image network"},
    {"focalnet", "an image network"}, {"van", "an image network"}, {"bit", "an image network"}, {"dinat", "an image network"}, {"nat", "an image network"},
    {"swin2sr", "an image network"}, {"vitdet", "an image network"}, {"vit_msn", "an image network"}, {"aimv2", "an image network, or a pair with a text tower"},
    {"aimv2_vision_model", "an image network"}, {"imagegpt", "an image network"}, {"perceiver", "a network for many kinds of input"}, {"timm_backbone", "a network of timm in another model"},
    {"hgnet_v2", "an image network"}, {"textnet", "an image network"}, {"superpoint", "an image network"}, {"timesformer", "a video network"}, {"vivit", "a video network"},
    {"vjepa2", "a video network"}, {"xclip", "a pair of video and text towers"}, {"align", "a pair of image and text towers"}, {"altclip", "a pair of image and text towers"},
    {"chinese_clip", "a pair of image and text towers"}, {"metaclip_2", "a pair of image and text towers"}, {"groupvit", "a pair of image and text towers"},
    {"flava", "a model of images and text"}, {"bridgetower", "a model of images and text"}, {"vilt", "a model of images and text"}, {"lxmert", "a model of images and text"},
    {"visual_bert", "a model of images and text"}, {"vision-text-dual-encoder", "a pair of image and text towers"}, {"vision-encoder-decoder", "an image encoder with a text decoder"},
    {"clap", "a pair of sound and text towers"}, {"clvp", "a pair of sound and text towers"}, {"encodec", "a codec of sound"}, {"dac", "a codec of sound"}, {"mimi", "a codec of sound"},
    {"vits", "a model that speaks"}, {"fastspeech2_conformer", "a model that speaks"}, {"univnet", "a model that speaks"}, {"parler_tts", "a model that speaks"},
    {"moonshine", "a recogniser of speech"}, {"sew", "a recogniser of speech"}, {"sew-d", "a recogniser of speech"}, {"wav2vec2-bert", "a recogniser of speech"},
    {"wav2vec2-conformer", "a recogniser of speech"}, {"mctct", "a recogniser of speech"}, {"parakeet_ctc", "a recogniser of speech"}, {"parakeet_encoder", "a recogniser of speech"},
    {"kyutai_speech_to_text", "a recogniser of speech"}, {"speech-encoder-decoder", "a recogniser of speech"}, {"seamless_m4t", "a translator of speech"},
    {"seamless_m4t_v2", "a translator of speech"}, {"musicgen_melody", "a model that makes music"}, {"jukebox", "a model that makes music"}, {"pop2piano", "a model that makes music"}});
// clang-format on

}  // namespace

std::string_view what_without_rule(std::string_view type) {
  const auto found = std::ranges::find(known, type, &Known::type);
  return found == known.end() ? what_transformers_has(type) : found->what;
}

}  // namespace kwhatif::model
