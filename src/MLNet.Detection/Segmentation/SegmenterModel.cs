using MLNet.Detection.Masks;
using MLNet.Detection.Data;
using MLNet.Detection.Networks;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Segmentation;

/// <summary>
/// A segmentation network as training and scoring need it: the ONNX file and what the file itself does not say. Saved, all
/// of it stands in the file's metadata, so that the one file is enough to go on from.
/// </summary>
public sealed record SegmenterModel : PictureNetwork
{
    /// <summary>Name of the raw value with the scores, before the activation.</summary>
    public required string MapValue { get; init; }

    /// <summary>Whether its channels are the last axis.</summary>
    public bool ChannelsLast { get; init; }

    /// <summary>What turns scores into probabilities.</summary>
    public MapActivation Activation { get; init; }

    /// <summary>The channel of background; null where the network has none.</summary>
    public int? BackgroundChannel { get; init; }

    /// <summary>
    /// Whether the map shows only the middle of the picture, pixel by pixel, as that of a U-Net without padding; else all of
    /// it, at its size or a fraction of that.
    /// </summary>
    public bool Crops { get; init; }

    /// <summary>From which probability on a pixel is of a class, where each class stands for itself.</summary>
    public float Threshold { get; init; } = 0.5f;

    /// <summary>Whether pictures keep their own scale, and how windows lie over them. Null: pictures are brought to the
    /// network's size.</summary>
    public Tiling? Tiling { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> RawValues => [MapValue];

    /// <summary>Channels of the map.</summary>
    public int Channels => Classes.Count + (BackgroundChannel is null ? 0 : 1);

    /// <summary>Writes the ONNX file with its metadata.</summary>
    public void Save(string path, bool externalData = false) => SegmenterMetadata.Attach(this).Save(path, externalData);

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelException">The file is damaged or carries no such metadata.</exception>
    public static SegmenterModel Load(string path) => SegmenterMetadata.Read(OnnxModel.Load(path));

    /// <summary>Whether a file was saved by <see cref="Save"/>.</summary>
    /// <exception cref="ModelException">It cannot be read.</exception>
    public static bool IsSaved(string path) => SegmenterMetadata.IsIn(OnnxModel.Load(path));

    /// <summary>The channel that a number of a map of labels means: -1 for one that does not count.</summary>
    internal int ChannelOf(byte label) => label == LabelMap.Ignored || label > Classes.Count ? -1
        : label == 0 ? BackgroundChannel ?? -1
        : BackgroundChannel is { } background && label - 1 >= background ? label : label - 1;

    /// <summary>The number in a map of labels that a channel means.</summary>
    internal byte LabelOf(int channel) => channel == BackgroundChannel ? (byte)0
        : (byte)(BackgroundChannel is { } background && channel > background ? channel : channel + 1);

    /// <summary>The raw value, as read into a graph, as a map [B, channels, h, w].</summary>
    /// <exception cref="ModelException">It does not fit the classes.</exception>
    internal Var Map(Var value)
    {
        var map = ChannelsLast ? Op.Transpose(value, 0, 3, 1, 2) : value;
        return map.Shape.Rank == 4 && map.Shape[1] == Channels ? map : throw new ModelException(
            $"{Path}: '{MapValue}' is {value.Shape}; {Classes.Count} classes need {Channels} channels. Check the classes.");
    }

    /// <summary>Probabilities of a map of scores.</summary>
    internal Var Probabilities(Var map) => Activation == MapActivation.Softmax ? Op.Softmax(map, 1) : Op.Logistic(map);
}
