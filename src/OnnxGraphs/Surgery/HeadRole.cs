namespace OnnxGraphs.Surgery;

/// <summary>What a raw value of a detector holds.</summary>
public enum HeadRole
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>A number for each class: logits.</summary>
    Classes,

    /// <summary>Four numbers of a box, or four a class: deltas, distances or coordinates.</summary>
    Boxes,

    /// <summary>One number a place: objectness or centerness.</summary>
    Objectness,
}
