using Microsoft.ML;
using MLNet.Detection;
using MLNet.Detection.Detectors;

var ml = new MLContext(seed: 1);
var train = ml.Detection().LoadFromCoco("instances_train.json", "JPEGImages");
var test = ml.Detection().LoadFromCoco("instances_test.json", "JPEGImages");
var detector = new DetectorImport { Classes = [.. train.Dataset.Categories.Select(c => c.Name)] }.Load("version-RFB-320.onnx");
using var tuned = ml.Detection().FineTune(detector, epochs: 20).Fit(train);
var metrics = ml.Detection().Evaluate(tuned.Transform(test));
Console.WriteLine($"mAP50 {metrics.MAP50:f3}, mAP50-95 {metrics.MAP50_95:f3}");
tuned.Model.Save("tuned.onnx");
