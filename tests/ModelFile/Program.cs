// ModelFile MODEL.zip images|files PICTURE...: loads an ML.NET model file in a process that knows ML.NET's own types only,
// and prints a line for each picture: labels, scores, boxes.
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
var paths = ml.Data.LoadFromEnumerable(args[2..].Select(path => new PathRow { Path = path }));
IEstimator<ITransformer> loading = args[1] == "images"
    ? ml.Transforms.LoadImages("Image", "", "Path") : ml.Transforms.LoadRawImageBytes("Image", "", "Path");
var data = loading.Fit(paths).Transform(paths);
var scored = model.Transform(data);
var names = default(VBuffer<ReadOnlyMemory<char>>);
scored.Schema["PredictedLabel"].GetKeyValues(ref names);
var words = names.DenseValues().ToArray();
foreach (var row in ml.Data.CreateEnumerable<FoundRow>(scored, reuseRowObject: false))
    Console.WriteLine(string.Join(' ', row.PredictedLabel.Select(key => words[(int)key - 1].ToString())
        .Concat(row.Score.Concat(row.PredictedBoundingBoxes).Select(value => value.ToString("R")))));
