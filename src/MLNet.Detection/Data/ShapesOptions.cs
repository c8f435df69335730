using MLNet.Detection.Images;

namespace MLNet.Detection.Data;

/// <summary>What <see cref="ShapesGenerator"/> draws. The same options give the same pictures.</summary>
public sealed record ShapesOptions
{
    /// <summary>Decides everything that is random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Pixels of a picture.</summary>
    public int Width { get; init; } = 192;

    /// <summary>Pixels of a picture.</summary>
    public int Height { get; init; } = 192;

    /// <summary>Pictures to train on.</summary>
    public int Train { get; init; } = 480;

    /// <summary>Pictures to choose settings on.</summary>
    public int Val { get; init; } = 80;

    /// <summary>Pictures held out to the end.</summary>
    public int Test { get; init; } = 120;

    /// <summary>A picture has 1 to this many shapes.</summary>
    public int MaxShapes { get; init; } = 6;

    /// <summary>The smallest shape's diameter, as a part of the picture's shorter side.</summary>
    public double MinSize { get; init; } = 0.14;

    /// <summary>The largest shape's diameter, as a part of the picture's shorter side.</summary>
    public double MaxSize { get; init; } = 0.45;

    /// <summary>The format of the picture files.</summary>
    public ImageFormat Format { get; init; } = ImageFormat.Jpeg;

    /// <summary>Whether pictures come with a map of the classes and objects of their pixels.</summary>
    public bool Masks { get; init; }
}
