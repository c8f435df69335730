using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Heads;

/// <summary>What a caller says of the head in a file, and of the classes that it is to have.</summary>
public abstract record HeadRequest
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

    /// <summary>
    /// Names of the classes to detect, without background. Another number than the file's gives new class heads.
    /// </summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>
    /// Names of the classes that the file detects, without background, in its order. Null: as its metadata says. A
    /// class of the same name keeps its weights; without any names, all do where the number is equal.
    /// </summary>
    public IReadOnlyList<string>? SourceClasses { get; init; }

    /// <summary>Classes that go on from one of another name: new name to name in the file.</summary>
    public IReadOnlyDictionary<string, string> Kept { get; init; } = new Dictionary<string, string>();

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

    /// <summary>Seed of the weights of new class heads.</summary>
    public int Seed { get; init; }
}
