using MLNet.Detection.Anchors;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;

namespace MLNet.Detection.Inspection;

/// <summary>An anchor scheme with a name.</summary>
/// <param name="Name">For a command line, for example <c>ssdlite320</c>.</param>
/// <param name="Scheme">The scheme.</param>
/// <param name="Code">How C# names it.</param>
/// <param name="Kind">The kind of head that it is customary for.</param>
public sealed record KnownAnchors(string Name, AnchorScheme Scheme, string Code, HeadKind Kind)
{
    /// <summary>The schemes of well-known detectors.</summary>
    public static IReadOnlyList<KnownAnchors> All { get; } =
    [
        new("ssdlite320", SsdAnchors.SsdLite320, "SsdAnchors.SsdLite320", HeadKind.Ssd),
        new("ssd300", SsdAnchors.Ssd300, "SsdAnchors.Ssd300", HeadKind.Ssd),
        new("ultraface", UltraFaceAnchors.Default, "UltraFaceAnchors.Default", HeadKind.Ssd),
        new("retinanet", RetinaNetAnchors.Default, "RetinaNetAnchors.Default", HeadKind.RetinaNet),
        new("fasterrcnn", RetinaNetAnchors.FasterRcnn, "RetinaNetAnchors.FasterRcnn", HeadKind.RetinaNet),
        new("fcos", RetinaNetAnchors.Fcos, "RetinaNetAnchors.Fcos", HeadKind.Fcos),
        new("yolov3", YoloAnchors.Version3, "YoloAnchors.Version3", HeadKind.Yolo),
    ];

    /// <summary>The scheme of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static AnchorScheme Named(string name) => All.FirstOrDefault(known => known.Name == name)?.Scheme
        ?? throw new ArgumentException(
            $"There is no anchor scheme '{name}'; expected {string.Join(", ", All.Select(known => known.Name))}.");
}
