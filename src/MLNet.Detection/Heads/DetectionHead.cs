using System.Text.Json.Serialization;
using MLNet.Detection.Anchors;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>
/// A detection head: which values of a model it reads, what each of its places must predict, its loss, and how objects
/// come out of it. A place is an anchor, a point of a grid or a query; <see cref="HeadFrame.Anchors"/> has one box
/// for each. Trainer, scoring and files know heads by this record alone: a new kind of head is one more record.
/// Loss and matcher are not saved with a detector.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SsdHead), nameof(HeadKind.Ssd))]
[JsonDerivedType(typeof(RetinaNetHead), nameof(HeadKind.RetinaNet))]
[JsonDerivedType(typeof(FcosHead), nameof(HeadKind.Fcos))]
[JsonDerivedType(typeof(YoloxHead), nameof(HeadKind.Yolox))]
[JsonDerivedType(typeof(YoloHead), nameof(HeadKind.Yolo))]
[JsonDerivedType(typeof(Yolov8Head), nameof(HeadKind.Yolov8))]
[JsonDerivedType(typeof(DetrHead), nameof(HeadKind.Detr))]
[JsonDerivedType(typeof(DenseHead), nameof(HeadKind.Dense))]
[JsonDerivedType(typeof(TwoStageHead), nameof(HeadKind.TwoStage))]
public abstract record DetectionHead
{
    /// <summary>The family.</summary>
    [JsonIgnore]
    public abstract HeadKind Kind { get; }

    /// <summary>In words, for reports.</summary>
    public virtual string ToWords() => $"{Kind}";

    /// <summary>Thresholds with which heads of the kind are customarily scored.</summary>
    internal abstract DetectionDecoder CustomaryDecoder { get; }

    /// <summary>What pictures files of the kind take; null where they differ.</summary>
    internal virtual Normalization? CustomaryPixels => null;

    /// <summary>Name of the loss, to compare on resume.</summary>
    internal abstract string LossName { get; }

    /// <summary>Whether objects are matched with the predictions of the present weights, not with anchors alone.
    /// Then each step runs its forward half, is told the targets, and runs the rest.</summary>
    internal virtual bool MatchesPredictions => false;

    /// <summary>Tables that the caller sees between the halves of a step, the first ones: all where the head matches
    /// predictions, some where it chooses regions.</summary>
    internal virtual int PredictedTables => MatchesPredictions ? int.MaxValue : 0;

    /// <summary>Chooses the regions that a second stage learns; null where there is none.</summary>
    internal virtual RegionChooser? Chooser(HeadFrame detector) => null;

    /// <summary>The outputs by which the file itself says what it finds; null where raw values are decoded here.</summary>
    internal virtual DetectionOutputs? Outputs => null;

    /// <summary>What is trained, for a batch size, where that is not the part of the file before the raw values.</summary>
    internal virtual OnnxModel? Network(HeadFrame detector, OnnxModel model, int batch) => null;

    /// <summary>Whether the loss is a mean over the places of the batch, empty ones included.</summary>
    internal virtual bool AveragesImages => false;

    /// <summary>Whether the loss divides by all objects of the batch, those that no place learns included.</summary>
    internal virtual bool CountsObjects => false;

    /// <summary>Numbers of a place's box target.</summary>
    internal virtual int BoxTargetColumns(HeadFrame detector) => 4;

    /// <summary>Whether one output, or one a level, has boxes and classes together.</summary>
    internal virtual bool ReadsJoinedOutput => false;

    /// <summary>Names of the raw values that the model is cut at.</summary>
    internal virtual IReadOnlyList<string> Values(HeadFrame detector) => [detector.ClassValue, detector.BoxValue];

    /// <summary>Those of them that class scores come from.</summary>
    internal virtual IReadOnlyList<string> ClassValues(HeadFrame detector) => [detector.ClassValue];

    /// <summary>a and b of scores p^a o^b with p a class's probability and o the objectness, where there is one.</summary>
    internal virtual (float Class, float Objectness) ScorePowers => (1, 1);

    /// <summary>The raw values, as read into a graph, as tables [B, N, columns] with one row a place.</summary>
    /// <exception cref="OnnxGraphs.Models.ModelException">They do not fit the anchors or classes.</exception>
    internal abstract IReadOnlyList<Var> Tables(HeadFrame detector, IReadOnlyList<Var> values);

    /// <summary>How targets of a picture are written. Safe for several threads at once.</summary>
    internal abstract TargetWriter Targets(HeadFrame detector);

    /// <summary>The loss terms by name; places of class -2 must not count.</summary>
    internal abstract IReadOnlyDictionary<string, Var> Terms(
        HeadFrame detector, DetectionTargets targets, IReadOnlyList<Var> tables);

    /// <summary>What the tables say of each place, for a student that follows them; null where regions are chosen between
    /// two stages, so that student and teacher would look at different ones.</summary>
    internal virtual PlaceValues? Taught(HeadFrame detector, IReadOnlyList<Var> tables) => null;

    /// <summary>The objects in one picture, in pixels of the network's input, classes from 0.</summary>
    /// <param name="detector">The detector whose head this is.</param>
    /// <param name="tables">The picture's part of each table, row by row.</param>
    internal abstract DetectedObject[] Decode(HeadFrame detector, IReadOnlyList<ReadOnlyMemory<float>> tables);

    /// <summary>
    /// The same as nodes, up to suppression, for one picture: probabilities [N, columns], background among them where
    /// there is one, and boxes [N, 4] in pixels of the network's input.
    /// </summary>
    internal abstract (Var Scores, Var Boxes) Predictions(HeadFrame detector, IReadOnlyList<Var> tables);

    /// <summary>The head with the scores of all places, those that its predictions leave out included.</summary>
    internal virtual DetectionHead OfAllPlaces => this;

    /// <summary>The places split by feature level, as candidates are counted.</summary>
    internal virtual IReadOnlyList<int> PlacesPerLevel(HeadFrame detector) => [detector.Anchors.Count];

    /// <summary>Cells and anchors of a cell of each level, as the places run over them.</summary>
    internal virtual IReadOnlyList<(int Cells, int Anchors)> Layout(HeadFrame detector) =>
        [.. PlacesPerLevel(detector).Select(places => (places, 1))];

    /// <summary>Whether the levels that the head was saved with go with a number of places.</summary>
    internal virtual bool FitsAnchors(int anchors) => true;

    /// <summary>Names of the maps [batch, channels, height, width] whose cells the places run over, level by level; empty
    /// where their number does not grow with the picture.</summary>
    internal virtual IReadOnlyList<string> GridMaps(HeadFrame detector) => [];

    /// <summary>The head over maps of other sizes, of the levels in their order.</summary>
    internal virtual DetectionHead Over(IReadOnlyList<GridSize> maps) => this;

    /// <summary>Finds the head's values in a file and fits them to the wanted classes.</summary>
    internal abstract FoundHead Import(HeadImport import);
}
