using System.Text.Json.Serialization;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;
using OnnxGraphs.Losses;

namespace MLNet.Detection.Heads;

/// <summary>
/// RetinaNet: one sigmoid a class. Customary are the focal loss and the IoU thresholds 0.5 and 0.4. Lin et al. 2017,
/// https://arxiv.org/abs/1708.02002
/// </summary>
public sealed record RetinaNetHead : AnchorHead
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override HeadKind Kind => HeadKind.RetinaNet;

    internal override DetectionDecoder CustomaryDecoder => DetectionDecoder.RetinaNet;

    private protected override DetectionLoss CustomaryLoss => new RetinaNetLoss();

    private protected override Matcher CustomaryMatcher => new ThresholdMatcher();
}
