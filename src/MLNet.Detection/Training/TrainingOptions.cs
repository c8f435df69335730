using Microsoft.ML;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Quantization;
using OnnxGraphs.Runtime;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>How a model is trained, whatever it finds in pictures.</summary>
public abstract record TrainingOptions
{
    /// <summary>
    /// How image files are decoded. Give <see cref="ImageDecoderOptions"/> without a
    /// <see cref="ImageDecoderOptions.ReducingGap"/> for pixels equal to those of other programs.
    /// </summary>
    public ImageDecoderOptions Decoding { get; init; } = ImageDecoderOptions.Reduced;

    /// <summary>The optimiser.</summary>
    public Optimizer Optimizer { get; init; } = new AdamW { WeightDecay = 1e-4f };

    /// <summary>
    /// A moving average of the weights: validation scores it, the tuned model holds it, and training goes on with
    /// the weights themselves. Null: none.
    /// </summary>
    public WeightAverage? Average { get; init; }

    /// <summary>The largest learning rate.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Epochs of rising learning rate, from zero.</summary>
    public float WarmUpEpochs { get; init; } = 1;

    /// <summary>How the learning rate falls after the warm-up: by default half a cosine wave to zero.</summary>
    public LearningRateDecay Decay { get; init; } = new CosineDecay();

    /// <summary>Times that every image is seen.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Images of a step, over all ranks of the <see cref="Backend"/>; times <see cref="Accumulate"/>.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>
    /// Passes of a step whose gradients are added up before the one update: a batch so many times larger in the memory of
    /// one of <see cref="BatchSize"/>. The step equals that of the large batch up to rounding, what losses count in a batch
    /// included. Heads that match predictions take the forward pass twice, all but once.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>
    /// Whether the backward pass computes most values of the forward pass again instead of holding them: less memory, more
    /// time, the same weights up to the rounding of fused passes.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Globs of weights that stay as they are, for example <c>base_net.*</c>.</summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>Layers, counted from the input along the longest way, whose weights stay as they are.</summary>
    public int FrozenDepth { get; init; }

    /// <summary>Whether all weights stay but those of the heads.</summary>
    public bool HeadsOnly { get; init; }

    /// <summary>
    /// Whether a file of the QDQ form learns the ranges of its activations as well (learnt step size quantisation, Esser et al.
    /// 2020, https://arxiv.org/abs/1902.08153), at ten times the learning rate relative to each and without weight decay; else
    /// they stay. Grids of weights stay in any case.
    /// </summary>
    public bool LearnRanges { get; init; }

    /// <summary>Weights that are trained in their own way; the others as the optimiser says.</summary>
    public IReadOnlyList<WeightGroup> Groups { get; init; } = [];

    /// <summary>
    /// Whether BatchNormalization normalises by the batch and keeps running means of its statistics, as training from
    /// random weights needs it; otherwise the statistics of the file stay. Batches of 8 and more are worth it.
    /// </summary>
    public bool BatchStatistics { get; init; }

    /// <summary>Seed of order, mirroring and augmentation, and all that decides them: that of <c>MLContext</c> has no part in
    /// training. Several runs that are to differ need several.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Random changes of the pictures, in turn, at the network's size and beside mirroring; such as
    /// <see cref="RandomIouCrop"/> or <see cref="ColorJitter"/>.
    /// </summary>
    public IReadOnlyList<IAugmentation> Augmentations { get; init; } = [];

    /// <summary>Makes each picture from several before that, such as <see cref="Mosaic"/>. Null: no mix.</summary>
    public IPictureMix? Mix { get; init; }

    /// <summary>
    /// Epochs at the end in which pictures are not mixed, so that training ends on pictures as they are (YOLOX, Ge et al.
    /// 2021, section 2.1, https://arxiv.org/abs/2107.08430, takes 15 of 300).
    /// </summary>
    public int CloseMixEpochs { get; init; }

    /// <summary>Order and mirroring. Null: shuffled by <see cref="Seed"/>, half of the images mirrored.</summary>
    public Sampler? Sampler { get; init; }

    /// <summary>
    /// Where the steps run. Null: the GPU that <see cref="MLContext.GpuDeviceId"/> names, else the processor.
    /// </summary>
    public Device? Device { get; init; }

    /// <summary>
    /// Threads that prepare batches while steps run, each one ahead. 0: the batches are made between the steps, by the
    /// thread that takes them. Null: one on the processor, which computes the steps too, else half of the processors
    /// and at most four. What is learnt does not depend on it; <see cref="Augmentations"/> are called by all of them at
    /// once.
    /// </summary>
    public int? Workers { get; init; }

    /// <summary>
    /// Steps from one report of the loss to the next: progress, log, and the check that it is a number. Between them
    /// nobody asks a GPU for it. The last step of an epoch is always reported. Null: every step on the processor, every
    /// tenth elsewhere.
    /// </summary>
    public int? ReportEvery { get; init; }

    /// <summary>How much memory decoded pictures may take, and what is done about the others.</summary>
    public PictureCache Cache { get; init; } = new();

    /// <summary>
    /// What convolutions and products compute in, for GPUs with matrix units; weights, losses and the optimiser stay
    /// float32, and the tuned model is stored as it was. Float16 scales the loss by itself and also runs on the
    /// processor, slower than float32; bfloat16 needs CUDA.
    /// </summary>
    public StepPrecision Precision { get; init; }

    /// <summary>
    /// What computes the steps. <see cref="OnnxGraphs.Artifacts.OrtTrainingBackend"/>: ONNX Runtime's own training
    /// session, where a native library built with training is installed.
    /// </summary>
    public ITrainingBackend Backend { get; init; } = new StepBackend();

    /// <summary>
    /// Data to measure on after every epoch, with the columns of the training data. Classes are found by their names;
    /// objects of classes that the model does not have are left out, with a warning.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>How many pictures of the validation set come with <see cref="EpochSummary.Pictures"/>, with what a detector
    /// found in them: the first ones.</summary>
    public int ShownPictures { get; init; }

    /// <summary>Whether the weights of the best epoch in validation are returned, not the last ones.</summary>
    public bool KeepBest { get; init; }

    /// <summary>Ends the run after so many epochs without a better metric in validation: mAP50-95, mean IoU. Null: never.</summary>
    public int? EarlyStoppingPatience { get; init; }

    /// <summary>Folder for the checkpoint and the log; created where missing. Null: nothing is written.</summary>
    public string? WorkspacePath { get; init; }

    /// <summary>A checkpoint to go on from, written by a run with the same options.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>Told after every step, or every <see cref="ReportEvery"/>.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Told after every epoch.</summary>
    public Action<EpochSummary>? MetricsCallback { get; init; }

    /// <summary>Ends the run between two steps; with a workspace, the checkpoint is written first.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>How the images of a step are handed out.</summary>
    internal BatchSlices Slices => new(BatchSize, Accumulate, Backend.Ranks);

    /// <summary>Whether a step adds up several parts.</summary>
    internal bool IsParted => Accumulate > 1 || Backend.Ranks.Count > 1;

    /// <summary>The batch size that a model can take: of some files it is 1 on each rank.</summary>
    internal int BatchOf(PictureNetwork model) =>
        model.Batch(Slices.Places) is var places && places == Slices.Places ? BatchSize : places * Backend.Ranks.Count;

    private ParameterGroup[] RangeGroups =>
        LearnRanges ? [new(LearntRanges.Weights) { RateFactor = 10, WeightDecay = 0 }] : [];

    internal TrainingGraphOptions StepOptions(PictureNetwork model, OnnxModel network, int stepsPerEpoch = 1)
    {
        var shapes = new Dictionary<string, OnnxGraphs.Graphs.TensorShape>
        {
            [model.InputName] = model.InputShape(Slices.Places),
        };
        var frozen = WeightPlace.Frozen(network, model.RawValues, FrozenDepth, HeadsOnly, shapes);
        return new()
        {
            Frozen = [.. Frozen, .. frozen], InputShapes = shapes, Average = Average, Precision = Precision,
            Parts = IsParted ? (double)Slices.Images / Slices.Places : null,
            Also = LearnRanges ? LearntRanges.Of(network) : [],
            Groups = [.. Groups.Select(group => group.InSteps(stepsPerEpoch)), .. RangeGroups],
            BatchStatistics = BatchStatistics, Recompute = Recompute,
        };
    }

    internal void Check()
    {
        Require(Epochs > 0, nameof(Epochs), Epochs, "at least 1");
        Require(BatchSize > 0, nameof(BatchSize), BatchSize, "at least 1");
        Require(BatchSize >= Backend.Ranks.Count, nameof(BatchSize), BatchSize,
            $"at least {Backend.Ranks.Count}, an image for each rank");
        Require(Accumulate > 0, nameof(Accumulate), Accumulate, "at least 1");
        Require(!BatchStatistics || !IsParted, nameof(BatchStatistics), BatchStatistics, "false, as a step comes in "
            + $"{Accumulate} passes on {Backend.Ranks.Count} ranks, and each would have statistics of its own");
        Require(LearningRate is > 0 and < float.PositiveInfinity,
            nameof(LearningRate), LearningRate, "a positive number");
        Require(FrozenDepth >= 0, nameof(FrozenDepth), FrozenDepth, "zero or more");
        Require(WarmUpEpochs >= 0, nameof(WarmUpEpochs), WarmUpEpochs, "zero or more");
        Require(ShownPictures >= 0, nameof(ShownPictures), ShownPictures, "zero or more");
        Require(CloseMixEpochs >= 0, nameof(CloseMixEpochs), CloseMixEpochs, "zero or more");
        Require(Workers is null or >= 0, nameof(Workers), Workers, "zero or more, or null");
        Require(ReportEvery is null or > 0, nameof(ReportEvery), ReportEvery, "positive, or null");
        Require(EarlyStoppingPatience is null or > 0,
            nameof(EarlyStoppingPatience), EarlyStoppingPatience, "positive, or null");
        Require(ValidationSet is not null || (!KeepBest && EarlyStoppingPatience is null),
            nameof(ValidationSet), null, "a data view, as KeepBest or EarlyStoppingPatience is set");
    }

    private protected static void Require(bool holds, string option, object? found, string expected)
    {
        if (!holds)
            throw new ArgumentException($"Options.{option} is {found ?? "not set"}; expected {expected}.");
    }
}
