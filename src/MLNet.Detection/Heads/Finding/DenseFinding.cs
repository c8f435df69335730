using MLNet.Detection.Anchors;

namespace MLNet.Detection.Heads;

/// <summary>A dense head found in a file.</summary>
/// <param name="Head">Its description.</param>
/// <param name="Scheme">The anchors, where the code needs them.</param>
/// <param name="Sure">Whether its meaning is certain: the file's own decoding agrees, or its family has signs of its
/// own.</param>
/// <param name="Reasons">What speaks for it, a sentence each.</param>
public sealed record DenseFinding(DenseHead Head, AnchorScheme? Scheme, bool Sure, IReadOnlyList<string> Reasons);
