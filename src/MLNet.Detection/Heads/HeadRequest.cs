using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Networks;

namespace MLNet.Detection.Heads;

/// <summary>What a caller says of the head in a file, and of the classes that it is to have.</summary>
public abstract record HeadRequest : NetworkImport
{
    /// <summary>
    /// Name of the output (or inner value) that carries the class scores; an activation on it is stepped over. Null:
    /// found by the model's structure.
    /// </summary>
    public string? ClassOutput { get; init; }

    /// <summary>
    /// Name of the output (or inner value) that carries the boxes, decoded or raw. Null: found by the model's
    /// structure.
    /// </summary>
    public string? BoxOutput { get; init; }

    /// <summary>The anchors in pixels of the network's input. Null: read out of the file's own box decoding.</summary>
    public IReadOnlyList<Box>? Anchors { get; init; }

    /// <summary>
    /// The rule that lays anchors over the feature maps of the head, where the file does not hold them and
    /// <see cref="Anchors"/> does not give them.
    /// </summary>
    public AnchorScheme? AnchorScheme { get; init; }

    /// <summary>
    /// The code of the deltas. Null: read out of the file; with anchors given, the one customary for the kind of head.
    /// </summary>
    public BoxCoder? Coder { get; init; }
}
