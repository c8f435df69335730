// A pipeline as it is written for ML.NET's own object detection (Microsoft.ML.TorchSharp), with this trainer in its
// place: columns keep their names, the steps before and after stay. Arguments: number of pictures, epochs.
using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLNet.Detection;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Training;
using Samples.SwitchTrainer;

var (count, epochs) = (args.Length > 0 ? int.Parse(args[0]) : 240, args.Length > 1 ? int.Parse(args[1]) : 20);
var ml = new MLContext(seed: 1);
var train = ml.Data.LoadFromEnumerable(Photo.Draw(count, seed: 1));
var test = ml.Data.LoadFromEnumerable(Photo.Draw(Math.Max(count / 8, 4), seed: 2));

// The detector to start from: here a small one without training; new DetectorImport { ... }.Load("yours.onnx")
// otherwise.
string[] classes = [.. ShapesGenerator.Categories.Select(category => category.Name).Order(StringComparer.Ordinal)];
var detector = new SmallDetector { Classes = classes }.Build();

var pipeline = ml.Transforms.Conversion
    .MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
    // Before, with images as MLImage from LoadImages (now bytes, as LoadRawImageBytes gives them):
    // .Append(ml.MulticlassClassification.Trainers.ObjectDetection(new ObjectDetectionTrainer.Options
    // {
    //     LabelColumnName = "Label", BoundingBoxColumnName = "BoundingBoxes", ImageColumnName = "Image", MaxEpoch = 20,
    // }))
    .Append(ml.Detection().FineTune(new FineTuneTrainer.Options
    {
        Detector = detector, Epochs = epochs, BatchSize = ScratchRecipe.BatchSize,
        LearningRate = ScratchRecipe.LearningRate, Loss = ScratchRecipe.Loss, Optimizer = ScratchRecipe.Optimizer,
    }))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel"));

using var model = pipeline.Fit(train);
var predicted = model.Transform(test);
var metrics = ml.Detection().Evaluate(predicted);
Console.WriteLine($"mAP50 {metrics.MAP50:f3}, mAP50-95 {metrics.MAP50_95:f3} on {test.GetRowCount()} pictures");
foreach (var found in ml.Data.CreateEnumerable<Found>(predicted, reuseRowObject: false).Take(3))
    Console.WriteLine(string.Join(", ", found.PredictedName.Zip(found.Score).Take(4)
        .Select(o => $"{o.First} {o.Second:p0}").DefaultIfEmpty("nothing")));
