using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>A layer of a class head.</summary>
/// <param name="Layer">The node.</param>
/// <param name="Channels">Its output channels: anchors times classes.</param>
/// <param name="ClassOf">The class of each channel.</param>
internal sealed record ClassBranch(NodeProto Layer, int Channels, int[] ClassOf)
{
    /// <summary>Whether channels run over the classes of the first anchor, then of the next.</summary>
    public bool AnchorMajor(int classes) => ClassOf.Index().All(at => at.Item == at.Index % classes);

    /// <summary>Whether channels run over the anchors of the first class, then of the next.</summary>
    public bool ClassMajor(int classes) => ClassOf.Index().All(at => at.Item == at.Index / (Channels / classes));
}
