using System.CommandLine;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Inspection;
using MLNet.Detection.Tool.Terminal;
using OnnxGraphs.Losses;

namespace MLNet.Detection.Tool.Training;

/// <summary>From the options to the detector that is tuned.</summary>
internal sealed class Import(ParseResult given, Settings settings)
{
    private readonly PixelOptions _pixels = new(given, settings);

    public DetectorModel Detector(DetectionDataView train)
    {
        string[] classes = [.. train.Dataset.Categories.Select(category => category.Name)];
        var seed = given.GetValue(settings.Seed);
        bool? background = given.GetValue(settings.Loss) switch
        {
            null or "cross-entropy" or "focal" => null, "multibox" => true, "retinanet" => false,
            var other => throw new ArgumentException($"--loss is '{other}'; expected multibox or retinanet, or of a "
                + "two-stage detector cross-entropy or focal."),
        };
        if (given.GetValue(settings.Model) is not { } path)
            return background != true ? WithRegions(new SmallDetector { Classes = classes, Seed = seed }.Build())
                : throw new ArgumentException("--loss is multibox, but the built-in detector has no background column; "
                    + "expected retinanet, or a --model.");
        var described = given.GetValue(settings.HeadFile) is { } file ? HeadFile.Load(file) : null;
        if (described is not null && given.GetValue(settings.Head) is not null)
            throw new ArgumentException("--head and --head-file both say what the head is; give one of them.");
        var scheme = given.GetValue(settings.AnchorScheme) ?? described?.Anchors;
        var import = new DetectorImport
        {
            ClassOutput = given.GetValue(settings.ClassOutput),
            BoxOutput = given.GetValue(settings.BoxOutput),
            Classes = classes,
            Head = described?.Head ?? Head(),
            HasBackground = background,
            AnchorScheme = scheme is null ? null : KnownAnchors.Named(scheme),
            ImageSize = _pixels.Size(),
            Normalization = _pixels.Normalization() ?? described?.Pixels,
            Colors = _pixels.Colors(),
            Seed = seed,
        };
        var detector = import.Load(path, Anchors);
        if (import.ImageSize is { } size && size != (detector.Resize.Width, detector.Resize.Height))
            throw new ArgumentException($"--image-size is {size.Width}x{size.Height}, but {path} takes pictures of {detector.Resize.Width}x"
                + $"{detector.Resize.Height}, which is built into the file; leave --image-size out.");
        return WithRegions(detector);
    }

    // What is said of regions, for a detector that looks at some.
    private DetectorModel WithRegions(DetectorModel detector)
    {
        var (loss, box) = (given.GetValue(settings.Loss), given.GetValue(settings.BoxLoss));
        if (detector.Head is not TwoStageHead head)
            return (loss is "cross-entropy" or "focal" ? "--loss " + loss : box is not null ? "--box-loss"
                : Verb.IsGiven(given, settings.Rois) ? "--rois" : null) is not { } option ? detector
                : throw new ArgumentException($"{option} is for two-stage detectors; the head of "
                    + $"{given.GetValue(settings.Model) ?? "the built-in detector"} is {detector.Head.ToWords()}.");
        if (loss is "multibox" or "retinanet")
            throw new ArgumentException($"--loss is {loss}, but {detector.Model.Path} is a two-stage detector; expected "
                + "cross-entropy or focal.");
        Verb.AtLeast(given, settings.Rois, 1);
        return detector with { Head = head with { Regions = given.GetValue(settings.Rois), Loss = RegionLoss(loss, box) } };
    }

    private TwoStageLoss RegionLoss(string? classes, string? box) => new()
    {
        Classification = classes == "focal"
            ? new SoftmaxFocalLoss(given.GetValue(settings.Alpha), given.GetValue(settings.Gamma)) : new CrossEntropyLoss(),
        Box = box switch { "l1" => new L1Loss(), "giou" => new IouLoss(), _ => new TwoStageLoss().Box },
        ProposalBox = box == "l1" ? new L1Loss() : new TwoStageLoss().ProposalBox,
    };

    private DetectionHead? Head() => given.GetValue(settings.Head) switch
    {
        null => null,
        "ssd" => new SsdHead(),
        "retinanet" => new RetinaNetHead(),
        "fcos" => new FcosHead
        {
            CenternessValue = given.GetValue(settings.ObjectnessOutput) ?? throw new ArgumentException(
                "--head fcos needs --objectness-output, the output with the centerness."),
        },
        "yolox" => new YoloxHead { ObjectnessOutput = given.GetValue(settings.ObjectnessOutput) },
        "yolo" => new YoloHead(),
        "yolov8" => new Yolov8Head(),
        "detr" => new DetrHead(),
        var other => throw new ArgumentException(
            $"--head is '{other}'; expected ssd, retinanet, fcos, yolox, yolo, yolov8 or detr."),
    };

    private IReadOnlyList<Box>? Anchors(int width, int height) =>
        given.GetValue(settings.Anchors) is not { } file ? null
        : AnchorFile.Load(file, given.GetValue(settings.AnchorFormat) switch
        {
            "xyxy" => AnchorFormat.XyxyPixels, "cxcywh" => AnchorFormat.CxcywhNormalized,
            var other => throw new ArgumentException($"--anchor-format is '{other}'; expected xyxy or cxcywh."),
        }, width, height);
}
