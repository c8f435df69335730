using System.Text.Json.Serialization;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;
using OnnxGraphs.Losses;

namespace MLNet.Detection.Heads;

/// <summary>
/// SSD: softmax with background in column 0. Customary are the MultiBox loss and the two-way match. Liu et al. 2016,
/// https://arxiv.org/abs/1512.02325
/// </summary>
public sealed record SsdHead : AnchorHead
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override HeadKind Kind => HeadKind.Ssd;

    internal override DetectionDecoder CustomaryDecoder => DetectionDecoder.Ssd;

    private protected override DetectionLoss CustomaryLoss => new MultiBoxLoss();

    private protected override Matcher CustomaryMatcher => new SsdMatcher();
}
