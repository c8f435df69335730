using Microsoft.ML.Runtime;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Networks;

/// <summary>
/// A network that takes pictures, whatever comes out of it: the ONNX file, its classes, and what the file itself does
/// not
/// say of its input. Training and scoring cut it at <see cref="RawValues"/>.
/// </summary>
public abstract record PictureNetwork
{
    /// <summary>The whole model, post-processing included.</summary>
    public required OnnxModel Model { get; init; }

    /// <summary>Names of the classes, without background.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>How pictures come to the network's size.</summary>
    public required ImageResize Resize { get; init; }

    /// <summary>What the network expects of its pixels at <see cref="InputName"/>.</summary>
    public Normalization Normalization { get; init; } = Normalization.Centered;

    /// <summary>
    /// Name of the value that pictures enter by, planes [batch, channels, height, width], where the file's own
    /// preparation
    /// of its input (normalisation, layout, a missing batch axis) is stepped over. Null: the input itself.
    /// </summary>
    public string? ImageValue { get; init; }

    /// <summary>
    /// What the file's own input takes, for programs that run the file without this library. Null: as
    /// <see cref="Normalization"/> says, since nothing lies between.
    /// </summary>
    public Normalization? InputNormalization { get; init; }

    /// <summary>
    /// Whether a file of whole numbers (dynamic quantisation) is scored in them, as its programs run it, one picture at
    /// a
    /// time; else in the floats that it is trained in. What is read of such a file is.
    /// </summary>
    public bool ScoresWholeNumbers { get; init; }

    /// <summary>What was found that is not as it should be, such as a list of class names that does not fit the head, or
    /// whole numbers that this processor can add up wrongly; a trainer, and what loads a saved file, logs it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Name of the value that pictures enter by, planes [batch, channels, height, width].</summary>
    public string InputName => ImageValue ?? Model.Inputs[0].Name;

    /// <summary>Names of the raw values that training and scoring cut the model at.</summary>
    public abstract IReadOnlyList<string> RawValues { get; }

    /// <summary>The file, for messages.</summary>
    internal string Path => Model.Path;

    /// <summary>Logs the <see cref="Warnings"/>.</summary>
    internal void Warn(IChannelProvider log, string component)
    {
        using var channel = log.Start(component);
        foreach (var warning in Warnings)
            channel.Warning(MessageSensitivity.UserData, "{0}", warning);
    }

    /// <summary>A picture in the network's size.</summary>
    internal RgbImage BlackPicture => RgbImage.Filled(Resize.Width, Resize.Height, 0, 0, 0);

    /// <summary>Shape of a batch of pictures at <see cref="InputName"/>.</summary>
    internal TensorShape InputShape(int batch) => new(batch, Normalization.Channels, Resize.Height, Resize.Width);

    /// <summary>
    /// The part of the model that is trained and scored, for a batch size: from planes to raw values.
    /// </summary>
    /// <exception cref="ModelException">A batch of one picture is built into the file, and cannot be freed.</exception>
    internal virtual OnnxModel Network(int batch)
    {
        var part = ImageValue is null ? Model : Subgraph.Extract(Model, RawValues, new Dictionary<string, TypedShape>
        {
            [ImageValue] = new(ElementType.Float32, InputShape(1)),
        });
        return batch == 1 ? part : BatchAxis.Open(part, InputName, RawValues,
            new Dictionary<string, TensorShape> { [InputName] = InputShape(1) });
    }

    /// <exception cref="ArgumentException">A picture has another size than the network's.</exception>
    internal void RequireSize(RgbImage picture, string parameter)
    {
        if (picture.Width != Resize.Width || picture.Height != Resize.Height)
            throw new ArgumentException($"A picture is {picture.Width} x {picture.Height}, the network takes {Resize.Width} x "
                + $"{Resize.Height}; resize it with the model's {nameof(Resize)}.", parameter);
    }

    /// <summary>The largest batch up to a size that the file can be brought to: that size, or 1.</summary>
    internal int Batch(int wanted)
    {
        try
        {
            _ = Network(wanted);
            return wanted;
        }
        catch (ModelException) when (wanted > 1)
        {
            return 1;
        }
    }
}
