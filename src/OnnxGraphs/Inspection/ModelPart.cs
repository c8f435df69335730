namespace OnnxGraphs.Inspection;

/// <summary>A part of a detector, told by its structure.</summary>
public enum ModelPart
{
    /// <summary>Before the first layer: normalisation, layout.</summary>
    Preparation,

    /// <summary>Feature maps, each made of the one before.</summary>
    Backbone,

    /// <summary>From the first upsampling on: a feature pyramid.</summary>
    Neck,

    /// <summary>What only some of the raw values depend on.</summary>
    Head,

    /// <summary>Behind the raw values: activations, box decoding, suppression.</summary>
    Tail,
}
