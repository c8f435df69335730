using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Inspection;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Training;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Tool.Training;

/// <summary>The options of the command line.</summary>
internal sealed class Settings
{
    public const string Description = "Tunes an exported ONNX detector on your images, in .NET, and writes an ONNX file "
        + "that drops in where the old one was.";

    public const string Examples = """
        Examples:
          mlnet-detect train
              the built-in detector on generated pictures
          mlnet-detect train --model ultraface.onnx --train train.json --test test.json --images JPEGImages
          mlnet-detect train --model heads.onnx --class-output cls_logits --box-output bbox_regression
              --anchors anchors.bin --loss retinanet --freeze "backbone.*" --train train.json
          mlnet-detect train --model fcos.onnx --head fcos --class-output cls_logits --box-output bbox_regression
              --objectness-output bbox_ctrness --normalization imagenet --train train.json
          mlnet-detect train --task segment
              the built-in U-Net on generated pictures with masks
          mlnet-detect train --task segment --model unet.onnx --normalization unit --train cells --test cells
              --loss dice+focal:0.5 --augment flip turn
          mpirun -n 4 mlnet-detect train --model ultraface.onnx --train train.json --batch 32
              four processes share each batch
          mlnet-detect train --resume runs/mine
              go on with a stopped run (give its other options again)
        """;

    private readonly string _started = DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);

    public Option<string> Task { get; } = Of("--task", "detect: boxes of objects; segment: classes of pixels.", "detect")
        .AcceptOnlyFromAmong("detect", "segment");
    public Option<string?> MapOutput { get; } = Of<string?>("--map-output",
        "Output (or inner value) with the map of scores, to segment. Without it: found by the model's structure.");
    public Option<string?> Background { get; } = Of<string?>("--background",
        "yes or no: whether the first channel is background, to segment. Without it: of a softmax it is.");
    public Option<double?> Tiles { get; } = Of<double?>("--tiles", "Segment pictures in their own scale, in windows of the "
        + "network's size that share this part with the next, such as 0.25. Without it: pictures are resized.");
    public Option<string?> Masks { get; } =
        Of<string?>("--masks", "Folder of the masks, to segment. Without it: found beside the pictures.");
    public Option<string[]> Classes { get; } = new("--classes")
    {
        Description = "Names of the classes in the order of their numbers in masks, from 1, to segment. Without it: as the "
            + "data set says.",
        AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };
    public Option<bool> Objects { get; } =
        Of("--objects", "The numbers of masks are those of objects, all of one class.", false);
    public Option<bool> PartObjects { get; } =
        Of("--part-objects", "Part touching objects of the masks by a line of background.", false);
    public Option<string> Balance { get; } =
        Of("--balance", "none, inverse or median: how frequent and rare classes of pixels weigh.", "none")
            .AcceptOnlyFromAmong("none", "inverse", "median");
    public Option<string?> Model { get; } =
        Of<string?>("--model", "ONNX file to tune. Without it: the built-in detector.");
    public Option<string?> ClassOutput { get; } = Of<string?>(
        "--class-output", "Output (or inner value) with the class scores. Without it: found by the model's structure.");
    public Option<string?> BoxOutput { get; } = Of<string?>(
        "--box-output", "Output (or inner value) with the boxes. Without it: found by the model's structure.");
    public Option<string?> Head { get; } = Of<string?>("--head", "ssd, retinanet, fcos, yolox, yolo, yolov8 or detr. "
        + "Without it: ssd or retinanet by the activation, a yolo where one output has boxes and classes.");
    public Option<string?> ObjectnessOutput { get; } = Of<string?>(
        "--objectness-output", "Output with the centerness (fcos) or the objectness (yolox with an output for each).");
    public Option<string?> Anchors { get; } =
        Of<string?>("--anchors", "Anchors, .bin (float32), .csv or .json. "
            + "Without it: read from the model's own box decoding.");
    public Option<string> AnchorFormat { get; } =
        Of("--anchor-format", "xyxy (pixels of the network) or cxcywh (parts of the image).", "xyxy");
    public Option<string?> AnchorScheme { get; } =
        Of<string?>("--anchor-scheme", "Lay anchors by the rule of a known detector: "
            + string.Join(", ", KnownAnchors.All.Select(known => known.Name)) + ".");
    public Option<string?> ImageSize { get; } =
        Of<string?>("--image-size", "WIDTHxHEIGHT of pictures, where the model leaves it open.");
    public Option<string?> Normalization { get; } = Of<string?>("--normalization", "What the model takes: pixels "
        + "(0 to 255), unit (0 to 1), centered (-1 to 1) or imagenet. Without it: by what the model does itself, says in "
        + "its metadata, or what files of its kind take; else it must be given.");
    public Option<string?> Colors { get; } =
        Of<string?>("--colors", "rgb or bgr: the order in which the model takes colours. Without it: as for "
            + "--normalization.");
    public Option<string?> Mean { get; } = Of<string?>("--mean", "In place of --normalization: what is subtracted from "
        + "pixels of 0 to 255, one number or R,G,B.");
    public Option<string?> Scale { get; } = Of<string?>("--scale", "And what they are multiplied by then, one number or "
        + "R,G,B.");
    public Option<string?> HeadFile { get; } = Of<string?>("--head-file", "Description of the head, JSON, as inspect "
        + "--head-file writes it; --normalization and --anchor-scheme go before what it says.");
    public Option<string?> Train { get; } =
        Of<string?>("--train", "Data set to train on, for example a COCO JSON, a data.yaml or a Pascal VOC folder; of "
            + "one in parts the part \"train\". Without it: generated pictures.");
    public Option<string?> Val { get; } =
        Of<string?>("--val", "Data set (or its part \"val\") to measure on after every epoch.");
    public Option<string?> Test { get; } =
        Of<string?>("--test", "Data set (or its part \"test\") held out to the end.");
    public Option<string?> Format { get; } =
        Of<string?>("--format", $"{string.Join(", ", DatasetFormat.All.Select(format => format.Name))}. "
            + "Without it: found out from the files.");
    public Option<string?> Images { get; } =
        Of<string?>("--images", "Folder of the pictures. Without it: where the format keeps them.");
    public Option<int> Epochs { get; } = Of("--epochs", "Times that every image is seen (built-in detector: 25).", 20);
    public Option<string> Batch { get; } = Of("--batch",
        "Images of a step (built-in detector: 4), or auto: the most whose steps fit into --memory, at most all.", "8");
    public Option<string?> Memory { get; } = Of<string?>("--memory",
        "For --batch auto: what the process may take, such as 4GB. Without it: 0.8 of what it has and what is free.");
    public Option<int> Accumulate { get; } = Of("--accumulate",
        "Passes of --batch images whose gradients are added up before each update: a batch so many times larger, in the memory of "
        + "one.", 1);
    public Option<bool> Recompute { get; } = Of("--recompute",
        "Compute values of the forward pass again instead of holding them: less memory, more time.", false);
    public Option<float> LearningRate { get; } =
        Of("--lr", "The largest learning rate (built-in detector: 0.002; small networks, set predictions and others under adam and "
            + "adamw: as inspect says).", 1e-3f);
    public Option<bool> FindRate { get; } = Of("--find-lr",
        "Only look for --lr: steps with a rising rate, written as lr.csv, with the rate at which the loss falls fastest.", false);
    public Option<float> WarmUp { get; } = Of("--warm-up", "Epochs of rising learning rate.", 1f);
    public Option<string> Schedule { get; } = Of("--schedule", "The learning rate after the warm-up: cosine, cosine:0.1 (final "
        + "fraction), cosine:0.1:0.2 (and flat end), linear, linear:0.01, poly:0.9, step:0.7,0.9:0.1, onecycle or constant.", "cosine");
    public Option<string> Optimizer { get; } = Of("--optimizer", "adamw, adam, sgd, rmsprop, lion or muon.", "adamw");
    public Option<float> WeightDecay { get; } = Of("--weight-decay", "Weight decay.", 1e-4f);
    public Option<bool> NoBiasDecay { get; } = Of("--no-bias-decay",
        "Leave biases and normalisations (weights of one axis) out of the weight decay.", false);
    public Option<string[]> Group { get; } = Of<string[]>("--group", "Weights that train in their own way, GLOB:SETTINGS, such as "
        + "\"backbone.*:rate=0.1,decay=0,frozen=2\" (a tenth of the rate, no decay, frozen for two epochs); with vectors, those of "
        + "one axis alone; may be repeated.", []);
    public Option<bool> BatchStatistics { get; } = Of("--batch-statistics",
        "Normalise by the batch in BatchNormalization, to train from random weights; without it the file's statistics stay.", false);
    public Option<float?> ClipNorm { get; } = Of<float?>("--clip-norm", "Largest gradient norm; 10 steadies sgd.");
    public Option<double?> Average { get; } = Of<double?>("--average",
        "Measure and save a moving average of the weights that keeps so much of itself in each step, such as 0.9998.");
    public Option<double> AverageRamp { get; } = Of("--average-ramp",
        "Steps in which the average's decay rises to 63 % of that; short runs need fewer.", new WeightAverage().Ramp);
    private static string[] Changes =>
    [
        "crop", "zoom", "scale", "affine", "rotate", "perspective", "turn", "flip", "color", "hsv", "blur", "noise", "jpeg", "cutout",
        "mosaic", "mixup", "copypaste", "elastic",
    ];
    public Option<string[]> Augment { get; } = new Option<string[]>("--augment")
    {
        Description = "Random changes of the pictures beside mirroring: " + string.Join(", ", Changes.SkipLast(1))
            + "; elastic (to segment); several after one another.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    }.AcceptOnlyFromAmong(Changes);
    public Option<int> CloseMix { get; } = Of("--close-mosaic",
        "Epochs at the end without mosaic, mixup and copypaste.", 0);
    public Option<string> Sampling { get; } = Of("--sampling", "shuffled: each picture once an epoch; class-balanced: as many "
        + "pictures, each class equally often.", "shuffled").AcceptOnlyFromAmong("shuffled", "class-balanced");
    public Option<string?> MultiScale { get; } = Of<string?>("--multi-scale", "Take each step in a size of pictures that is drawn: parts "
        + "of the network's own, 0.5:1.5 (five sizes) or 0.5:1.5:9 (nine), or sizes, 320,416,512 or 320x256,640x512.");
    public Option<double?> RepeatFactor { get; } = Of<double?>("--repeat-factor",
        "Show pictures with rare classes more often: those in less than this part of the pictures, such as 0.01.");
    public Option<string?> Loss { get; } =
        Of<string?>("--loss", "multibox (softmax with background) or retinanet (sigmoid); of two-stage detectors "
            + "cross-entropy or focal, for the classes of regions. Without it: from the model's own activation; "
            + "cross-entropy. To segment: a sum such as dice+focal:0.5 of "
            + $"{string.Join(", ", NamedMapLoss.Names)}. Without it: ce.");
    public Option<float> Alpha { get; } = Of("--alpha", "Weight of objects in --loss focal; background has one less it.", 0.25f);
    public Option<float> Gamma { get; } = Of("--gamma", "Focusing exponent of --loss focal.", 2f);
    public Option<string?> BoxLoss { get; } = Of<string?>("--box-loss", "Of the regions of two-stage detectors: smooth-l1, "
        + "l1 or giou. Without it: smooth-l1.").AcceptOnlyFromAmong("smooth-l1", "l1", "giou");
    public Option<int> Rois { get; } = Of("--rois", "Regions of a picture that a step of a two-stage detector learns.", 512);
    public Option<string?> Teacher { get; } = Of<string?>("--teacher", "ONNX file that 'train' or the library wrote, to learn from "
        + "beside the labels: scores and boxes of each place, or of another architecture the boxes that it finds.");
    public Option<float> Distill { get; } = Of("--distill", "Weight of what is learnt from --teacher.", 1f);
    public Option<float> DistillFeatures { get; } = Of("--distill-features", "Weight of the maps that the last layers of --teacher "
        + "read, of a teacher with equal ones.", 0f);
    public Option<float> Temperature { get; } = Of("--temperature", "What scores of --teacher are divided by before they are "
        + "compared; more shows more of what it holds possible.", 1f);
    public Option<string[]> Freeze { get; } =
        Of<string[]>("--freeze", "Glob of weights that stay, for example \"base_net.*\"; may be repeated.", []);
    public Option<int> FreezeDepth { get; } =
        Of("--freeze-depth", "Layers from the input whose weights stay; inspect says how many there are.", 0);
    public Option<bool> HeadsOnly { get; } =
        Of("--train-heads-only", "Let all weights stay but those of the heads.", false);
    public Option<string> Device { get; } = Of("--device", "cpu, cuda or cuda:N, dml or dml:N, coreml.", "cpu");
    public Option<string> Tf32 { get; } =
        Of("--tf32", "on: CUDA may round factors of products to TF32; off: float32 throughout.", "on")
            .AcceptOnlyFromAmong("on", "off");
    public Option<bool> CudaGraph { get; } =
        Of("--cuda-graph", "Replay the training step as a CUDA graph, with one launch.", false);
    public Option<int?> Workers { get; } = Of<int?>("--workers", "Threads that prepare batches while steps run; 0: none. "
        + "Without it: 1 on the CPU, up to 4 elsewhere.");
    public Option<PictureCache?> Cache { get; } = new("--cache")
    {
        Description = "Memory for decoded pictures, such as 4GB; those beyond it are decoded again in each epoch. disk, or "
            + "4GB,disk: in a temporary file instead. Without it: a quarter of free memory.",
        CustomParser = Cached,
    };
    public Option<int> Threads { get; } = Of("--threads", "Threads that compute on the CPU, on each rank under mpirun; 0: one "
        + "for each core, shared out among the ranks of a machine.", 0);
    public Option<string> Precision { get; } =
        Of("--precision", "fp32; or fp16 (loss scaled by itself) or bf16 for convolutions and products on a GPU.", "fp32")
            .AcceptOnlyFromAmong("fp32", "fp16", "bf16");
    public Option<string> Kernels { get; } =
        Of("--kernels", "on: on the CPU, the library's own kernels where they are faster; off: ONNX Runtime's alone.",
            "on").AcceptOnlyFromAmong("on", "off");
    public Option<string?> Output { get; } =
        Of<string?>("--output", "New folder for the results. Without it: runs/<date>.");
    public Option<string?> Resume { get; } = Of<string?>("--resume", "Folder of a stopped run, to go on with.");
    public Option<bool> TensorBoard { get; } =
        Of("--tensorboard", "Write events for TensorBoard into the folder \"events\" of the results.", false);
    public Option<int?> Dashboard { get; } = new("--dashboard")
    {
        Description = "Show the run on a page of this machine while it trains; with a port, there.", Arity = ArgumentArity.ZeroOrOne,
    };
    public Option<int> Seed { get; } = Of("--seed", "Decides all that is random.", 1);
    public Option<bool> Overwrite { get; } =
        Of("--overwrite", "Let results replace those of an earlier run in the same folder.", false);
    public Option<int> DemoImages { get; } = Of("--demo-images", "Generated pictures to train on.", 480);

    public IReadOnlyList<Option> All =>
    [
        Task, MapOutput, Background, Tiles, Masks, Classes, Objects, PartObjects, Balance, Model, ClassOutput, BoxOutput,
        Head, ObjectnessOutput, Anchors, AnchorFormat, AnchorScheme, ImageSize,
        Normalization, Colors, Mean, Scale, HeadFile, Train, Val, Test, Format, Images, Epochs, Batch, Memory, Accumulate, Recompute, LearningRate,
        FindRate, WarmUp,
        Schedule, Optimizer, WeightDecay, NoBiasDecay, Group, BatchStatistics,
        ClipNorm, Average, AverageRamp, Augment, CloseMix, MultiScale, Sampling, RepeatFactor,
        Loss, Alpha, Gamma, BoxLoss, Rois, Teacher, Distill, DistillFeatures, Temperature, Freeze, FreezeDepth, HeadsOnly, Device, Precision, Kernels, Tf32,
        CudaGraph, Workers, Cache, Threads, Output, Resume, TensorBoard, Dashboard, Seed, Overwrite, DemoImages,
    ];

    /// <summary>Where results go.</summary>
    public string OutputFolder(ParseResult given) =>
        given.GetValue(Resume) ?? given.GetValue(Output) ?? Path.Combine("runs", _started);

    private static PictureCache? Cached(ArgumentResult argument)
    {
        try
        {
            return PictureCache.Parse(argument.Tokens[0].Value);
        }
        catch (FormatException error)
        {
            argument.AddError($"--cache: {error.Message}");
            return null;
        }
    }

    private static Option<T> Of<T>(string name, string description) => new(name) { Description = description };

    private static Option<T> Of<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };
}
