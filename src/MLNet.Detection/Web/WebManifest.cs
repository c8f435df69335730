using System.Text.Json;

namespace MLNet.Detection.Web;

/// <summary>What the page must know of the files beside it: <c>manifest.json</c>, with names as JavaScript writes them.</summary>
internal sealed record WebManifest
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Hash of the step and the weights: a state that a browser kept belongs to these.</summary>
    public required string Id { get; init; }

    /// <summary>Address of ONNX Runtime's files, with a slash at its end.</summary>
    public required string Runtime { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }

    public required WebInput Input { get; init; }

    public required WebStep Step { get; init; }

    public required WebMatcher Matcher { get; init; }

    /// <summary>Weights of the box coder: x, y, width, height.</summary>
    public required float[] Coder { get; init; }

    public required WebDecoder Decoder { get; init; }

    /// <summary>Where each weight lies in the flat vector and in <c>predict.onnx</c>.</summary>
    public required IReadOnlyList<WebWeight> Weights { get; init; }

    public required WebData Data { get; init; }

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Format));

    /// <exception cref="InvalidDataException">It is none, or one of another version.</exception>
    public static WebManifest Load(string path)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<WebManifest>(File.ReadAllText(path), Format)!;
            return manifest.Version == CurrentVersion ? manifest : throw new InvalidDataException(
                $"{path}: version {manifest.Version}, expected {CurrentVersion}; write the page again.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: no manifest of a page that trains ({error.Message}).", error);
        }
    }
}

/// <summary>What the network takes: planes of (pixel - mean) / std.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Order">rgb, bgr or grey.</param>
/// <param name="Mean">Red, green, blue.</param>
/// <param name="Std">Red, green, blue.</param>
/// <param name="Letterbox">Whether pictures keep their aspect between bars.</param>
/// <param name="Fill">The grey of the bars.</param>
internal sealed record WebInput(
    int Width, int Height, string Order, float[] Mean, float[] Std, bool Letterbox, int Fill);

/// <summary>The step: its inputs by role, its state, and the rate of each step.</summary>
/// <param name="Batch">Pictures of a step.</param>
/// <param name="Images">Name of the input of pictures, here and in <c>scores.onnx</c>.</param>
/// <param name="Inputs">Names of all inputs: the page feeds those that are here.</param>
/// <param name="Vectors">The state: name, numbers, and whether it begins as the weights or as zeros.</param>
/// <param name="Saved">Which of the vectors is shown and saved.</param>
/// <param name="Rates">Learning rate of each step of the run.</param>
/// <param name="OwnRate">Learning rate of steps on pictures of the user's own.</param>
/// <param name="ClassType">Type of the classes of anchors: int64 or int32.</param>
/// <param name="Seed">Where the order of the pictures begins.</param>
internal sealed record WebStep(int Batch, string Images, IReadOnlyList<string> Inputs, IReadOnlyList<WebVector> Vectors,
    int Saved, float[] Rates, float OwnRate, string ClassType, int Seed);

/// <param name="Name">Name of the input; the output is this with "/next".</param>
/// <param name="Size">Numbers.</param>
/// <param name="Weights">Whether it begins as the weights, else as zeros.</param>
internal sealed record WebVector(string Name, long Size, bool Weights);

/// <summary>SSD's or RetinaNet's match, see the matchers' own documentation.</summary>
internal sealed record WebMatcher(
    string Kind, float High, float Low, bool LowQuality, bool WithoutOverlap, float IgnoredOverlap);

/// <summary>From probabilities and boxes to objects, as the decoder does.</summary>
internal sealed record WebDecoder(int? Background, float Score, float Iou, int MaxCandidates, bool ByClass, int MaxDetections,
    bool Clip, float MinSize);

/// <param name="Name">Name of the weight.</param>
/// <param name="Offset">First number in the flat vector.</param>
/// <param name="Count">Numbers.</param>
/// <param name="At">First byte in <c>predict.onnx</c>.</param>
internal sealed record WebWeight(string Name, long Offset, long Count, long At);

/// <summary>What lies in <c>data.bin</c>.</summary>
/// <param name="Anchors">Number of anchors, at its beginning, four floats each.</param>
/// <param name="Train">Pictures to learn.</param>
/// <param name="HeldOut">Pictures to show.</param>
internal sealed record WebData(int Anchors, IReadOnlyList<WebPicture> Train, IReadOnlyList<WebPicture> HeldOut);

/// <param name="Name">File name.</param>
/// <param name="At">First byte: pixels [height, width, 3], from the next multiple of four on boxes (four floats each) and
/// classes (int32, -2 for one that neither is learnt nor is background).</param>
/// <param name="Boxes">Number of boxes.</param>
internal sealed record WebPicture(string Name, long At, int Boxes);
