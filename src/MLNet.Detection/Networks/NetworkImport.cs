using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Networks;

/// <summary>What a caller says of a file that is to be trained, whatever it finds in pictures.</summary>
public abstract record NetworkImport
{
    /// <summary>
    /// Names of the classes to find, without background. Another number than the file's gives new class layers.
    /// </summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>
    /// Names of the classes that the file finds, without background, in its order. Null: as its metadata says. A
    /// class of the same name keeps its weights; without any names, all do where the number is equal.
    /// </summary>
    public IReadOnlyList<string>? SourceClasses { get; init; }

    /// <summary>Classes that go on from one of another name: new name to name in the file.</summary>
    public IReadOnlyDictionary<string, string> Kept { get; init; } = new Dictionary<string, string>();

    /// <summary>Seed of the weights of new class layers.</summary>
    public int Seed { get; init; }

    /// <summary>Width and height of the network's input, pixels, where the file leaves them open.</summary>
    public (int Width, int Height)? ImageSize { get; init; }

    /// <summary>
    /// What the file's input takes. Null: 0 to 255 or 0 to 1 where the file normalises its pictures itself, by the
    /// numbers it does that with; else what its metadata say; else what is customary for its kind.
    /// </summary>
    public Normalization? Normalization { get; init; }

    /// <summary>The order in which the file takes colours, where it is another than the normalisation says. Null: as
    /// that
    /// says.</summary>
    public ChannelOrder? Colors { get; init; }

    /// <summary>Stretch pictures to the network's size (the rule for SSD) or keep their aspect between bars.</summary>
    public ResizeMode ResizeMode { get; init; } = ResizeMode.Stretch;

    /// <summary>What numbers a file's input takes for its pixels.</summary>
    /// <param name="model">The file.</param>
    /// <param name="front">What it does to its pictures itself.</param>
    /// <param name="customary">What files of its kind take, where that is known.</param>
    /// <exception cref="ModelException">Nothing says it, or it cannot be so.</exception>
    internal Normalization PixelsOf(OnnxModel model, ImageFront front, Normalization? customary)
    {
        if (front.Input.Type == ElementType.UInt8 && Normalization is { } given
            && given with { Order = Normalization.Pixels.Order } != Normalization.Pixels)
            throw new ModelException($"{model.Path}: the network takes bytes, from 0 to 255, and prepares them itself, but its pixels are "
                + $"said to be {given.ToWords()}; leave the normalisation out (Normalization, or --normalization).");
        var pixels = Normalization ?? front.InputRange ?? MetadataEntries.Pixels(model)
            ?? customary ?? throw new ModelException(
                $"{model.Path}: nothing says what numbers the network takes for its pixels, and files of this kind "
                + "differ; give it (Normalization, or --normalization pixels, unit, centered or imagenet). The program "
                + "that runs the file today knows it.");
        return pixels with { Order = front.Input.Channels == 1 ? ChannelOrder.Grey : Colors ?? pixels.Order };
    }

    /// <exception cref="ModelException">The file takes pictures of another size than is given.</exception>
    private protected void CheckSize(OnnxModel model, ImageInput input)
    {
        if (FileForm.OtherSize(model, input, ImageSize) is { } problem)
            throw new ModelException(problem);
    }

    /// <exception cref="ArgumentException">There are no classes, or two of one name.</exception>
    private protected void CheckClasses()
    {
        if (Classes.Count == 0)
            throw new ArgumentException(
                $"{nameof(Classes)} is empty; expected the names of the classes to detect, without background.");
        if (Classes.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException(
                $"{nameof(Classes)} has '{twice.Key}' {twice.Count()} times; expected different names.");
    }
}
