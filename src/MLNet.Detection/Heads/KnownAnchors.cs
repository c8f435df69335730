using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;

namespace MLNet.Detection.Heads;

/// <summary>An anchor scheme with a name.</summary>
/// <param name="Name">For a command line, for example <c>ssdlite320</c>.</param>
/// <param name="Scheme">The scheme.</param>
/// <param name="Code">How C# names it.</param>
/// <param name="Kind">The kind of head that it is customary for.</param>
/// <param name="Pixels">What pictures its detectors take; null where they differ.</param>
public sealed record KnownAnchors(
    string Name, AnchorScheme Scheme, string Code, HeadKind Kind, Normalization? Pixels = null)
{
    /// <summary>The schemes of well-known detectors.</summary>
    public static IReadOnlyList<KnownAnchors> All { get; } =
    [
        new("ssdlite320", SsdAnchors.SsdLite320, "SsdAnchors.SsdLite320", HeadKind.Ssd, new(127.5f, 127.5f)),
        new("ssd300", SsdAnchors.Ssd300, "SsdAnchors.Ssd300", HeadKind.Ssd),
        new("ultraface", UltraFaceAnchors.Default, "UltraFaceAnchors.Default", HeadKind.Ssd, Normalization.Centered),
        new("retinanet", RetinaNetAnchors.Default, "RetinaNetAnchors.Default", HeadKind.RetinaNet, Normalization.ImageNet),
        new("fasterrcnn", RetinaNetAnchors.FasterRcnn, "RetinaNetAnchors.FasterRcnn", HeadKind.RetinaNet, Normalization.ImageNet),
        new("fcos", RetinaNetAnchors.Fcos, "RetinaNetAnchors.Fcos", HeadKind.Fcos, Normalization.ImageNet),
        new("retinaface", DensityAnchors.RetinaFace, "DensityAnchors.RetinaFace", HeadKind.Ssd,
            new(new(123, 117, 104), 1f, ChannelOrder.Bgr)),
        new("faceboxes", DensityAnchors.FaceBoxes, "DensityAnchors.FaceBoxes", HeadKind.Ssd,
            new(new(123, 117, 104), 1f, ChannelOrder.Bgr)),
        new("yolov3", YoloAnchors.Version3, "YoloAnchors.Version3", HeadKind.Yolo),
        new("yolov2", YoloAnchors.Version2, "YoloAnchors.Version2", HeadKind.Yolo),
        new("yolov2voc", YoloAnchors.Version2Voc, "YoloAnchors.Version2Voc", HeadKind.Yolo),
        new("yolov5face", YoloAnchors.Version5Face, "YoloAnchors.Version5Face", HeadKind.Yolo),
    ];

    /// <summary>The scheme whose anchors these are, to a pixel; null where they are of none.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="maps">Feature maps of the head; empty where it has none.</param>
    /// <param name="width">Width of the network's input, pixels.</param>
    /// <param name="height">Height of the network's input, pixels.</param>
    public static KnownAnchors? Of(
        IReadOnlyList<Box> anchors, IReadOnlyList<GridSize> maps, int width, int height) =>
        All.FirstOrDefault(known => known.Scheme.Levels == maps.Count
            && maps.Index().Sum(map => map.Item.Width * map.Item.Height * known.Scheme.AnchorsPerCell(map.Index))
                == anchors.Count
            && known.Scheme.Generate(width, height, [.. maps]).Zip(anchors, Distance).Max() < 1);

    /// <summary>The largest difference of a corner, pixels.</summary>
    internal static float Distance(Box a, Box b) => Math.Max(
        Math.Max(Math.Abs(a.X0 - b.X0), Math.Abs(a.Y0 - b.Y0)), Math.Max(Math.Abs(a.X1 - b.X1), Math.Abs(a.Y1 - b.Y1)));

    /// <summary>The scheme of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static AnchorScheme Named(string name) => All.FirstOrDefault(known => known.Name == name)?.Scheme
        ?? throw new ArgumentException(
            $"There is no anchor scheme '{name}'; expected {string.Join(", ", All.Select(known => known.Name))}.");
}
