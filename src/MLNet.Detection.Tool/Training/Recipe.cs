using System.CommandLine;
using System.Globalization;
using MLNet.Detection.Builtin;
using MLNet.Detection.Reports;
using MLNet.Detection.Training;
using OnnxGraphs.Losses;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Tool.Training;

/// <summary>
/// How a run trains: as the options say and, where they say nothing, the built-in detector by its own recipe, because it
/// starts from random weights.
/// </summary>
internal sealed class Recipe(ParseResult given, Settings settings)
{
    private bool Segments => given.GetValue(settings.Task) == "segment";

    private bool FromScratch => given.GetValue(settings.Model) is null;

    /// <summary>Null: by the head.</summary>
    public DetectionLoss? Loss => FromScratch && !Segments ? ScratchRecipe.Loss : null;

    /// <summary>What suits the detector, where neither the options nor the built-in recipe say a rate.</summary>
    public float? CustomaryRate { get; set; }

    public float LearningRate => !FromScratch && IsDefault(settings.LearningRate) && Optimizer is AdamW or Adam
        && CustomaryRate is { } rate ? rate : Choose(settings.LearningRate, ScratchRecipe.LearningRate);

    public LearningRateDecay Decay => LearningRateDecay.Parse(given.GetValue(settings.Schedule)!);

    /// <summary>One cycle rises by itself.</summary>
    public float WarmUpEpochs => Decay is OneCycle && IsDefault(settings.WarmUp) ? 0 : given.GetValue(settings.WarmUp);

    public int Epochs => Choose(settings.Epochs, ScratchRecipe.Epochs);

    /// <summary>Whether the batch is to be found by the memory that its steps take.</summary>
    public bool FindsBatch => given.GetValue(settings.Batch) == "auto";

    /// <summary>The batch that was found.</summary>
    public int? FoundBatch { get; set; }

    public int BatchSize => FoundBatch ?? (FindsBatch ? 1 : FromScratch && IsDefault(settings.Batch) ? ScratchRecipe.BatchSize
        : int.TryParse(given.GetValue(settings.Batch), CultureInfo.InvariantCulture, out var batch) && batch > 0 ? batch
        : throw new ArgumentException($"--batch is '{given.GetValue(settings.Batch)}'; expected a number of images from 1 on, or auto."));

    public WeightAverage? Average => given.GetValue(settings.Average) is { } decay
        ? new(decay, given.GetValue(settings.AverageRamp)) : null;

    public Optimizer Optimizer
    {
        get
        {
            var recipe = FromScratch && IsDefault(settings.Optimizer);
            var optimizer = recipe ? ScratchRecipe.Optimizer : given.GetValue(settings.Optimizer) switch
            {
                "adamw" => new AdamW() as Optimizer, "adam" => new Adam(), "sgd" => new Sgd(), "rmsprop" => new RmsProp(),
                "lion" => new Lion(), "muon" => new Muon(),
                var other => throw new ArgumentException(
                    $"--optimizer is '{other}'; expected adamw, adam, sgd, rmsprop, lion or muon."),
            };
            return optimizer with
            {
                WeightDecay = recipe && IsDefault(settings.WeightDecay) ? optimizer.WeightDecay
                    : given.GetValue(settings.WeightDecay),
                ClipNorm = given.GetValue(settings.ClipNorm),
            };
        }
    }

    /// <summary>Those that are given, and biases without decay where asked.</summary>
    public IReadOnlyList<WeightGroup> Groups =>
    [
        .. given.GetValue(settings.NoBiasDecay) ? [new WeightGroup { VectorsOnly = true, WeightDecay = 0 }]
            : Array.Empty<WeightGroup>(),
        .. given.GetValue(settings.Group)!.Select(WeightGroup.Parse),
    ];

    /// <summary>The options with the values that the run used, for the report.</summary>
    public IReadOnlyList<ReportSetting> Used()
    {
        var used = new Dictionary<Option, string>
        {
            [settings.LearningRate] = Text(LearningRate), [settings.Epochs] = Text(Epochs),
            [settings.Batch] = Text(BatchSize), [settings.WeightDecay] = Text(Optimizer.WeightDecay),
            [settings.Optimizer] = Optimizer is AdamW adam ? $"adamw, beta2 {Text(adam.Beta2)}"
                : Optimizer.GetType().Name.ToLowerInvariant(),
            [settings.WarmUp] = Text(WarmUpEpochs),
            [settings.AverageRamp] = Average is { } average ? Text(average.Ramp) : "-",
        };
        if (Loss is RetinaNetLoss)
            used[settings.Loss] = "retinanet";
        return [.. settings.All.Select(option => new ReportSetting(option.Name,
            used.GetValueOrDefault(option) ?? Given(option)))];
    }

    private string Given(Option option)
    {
        if (given.GetResult(option) is { Implicit: false } result)
            return result.Tokens.Count == 0 ? "yes" : string.Join(' ', result.Tokens.Select(token => token.Value));
        var value = option.HasDefaultValue ? option.GetDefaultValue() : null;
        return value is IFormattable or string ? Text(value) : "-";
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private T Choose<T>(Option<T> option, T fromScratch) =>
        FromScratch && IsDefault(option) ? fromScratch : given.GetValue(option)!;

    private bool IsDefault(Option option) => given.GetResult(option) is null or { Implicit: true };
}
