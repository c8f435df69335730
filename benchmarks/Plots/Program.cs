using Benchmarks.Plots;
using MLNet.Detection.Reports;

// Draws what growth.sh measured: for each network time by image over batch size, and time by image over image size.
//   Plots steps.csv FOLDER
var (times, folder) = (StepTime.Read(args[0]), args[1]);
(string Key, string Name)[] networks =
[
    ("ultraface", "UltraFace"), ("ssdlite", "SSDLite-MobileNetV3"), ("retinanet", "RetinaNet ResNet18-FPN"),
];
(string Key, string Name)[] sides =
[
    ("kernels", "with kernels"), ("operators", "without"), ("pytorch", "PyTorch"),
];
// The eighth colour is the first one again, dashed.
const int Dashed = 7;

foreach (var (key, name) in networks.Where(network => times.Any(time => time.Network == network.Key)))
{
    var own = times.Where(time => time.Network == key).ToArray();
    Write($"{key}-batch.svg", Chart($"{name}: time by batch size", "images of a step",
        own.Where(time => time.Sweep == "batch"), time => time.Batch));
    Write($"{key}-size.svg", Chart($"{name}: time by image size", "thousand pixels of an image",
        own.Where(time => time.Sweep == "size"), time => time.Pixels / 1000.0));
}

void Write(string file, LineChart chart) => File.WriteAllText(Path.Combine(folder, file), chart.ToSvg());

LineChart Chart(string title, string label, IEnumerable<StepTime> measured, Func<StepTime, double> x)
{
    var lines = from threads in new[] { 2, 1 }
                from side in sides.Index()
                let points = measured.Where(time => time.Threads == threads && time.Side == side.Item.Key)
                    .Select(time => new CurvePoint(x(time), time.Milliseconds / time.Batch))
                    .OrderBy(point => point.X).ToArray()
                where points.Length > 0
                select new ChartLine(side.Item.Name + (threads == 1 ? ", 1 thread" : ""), points,
                    threads == 1 ? side.Index + Dashed : side.Index);
    ChartLine[] all = [.. lines];
    double Largest(Func<CurvePoint, double> of) => all.SelectMany(line => line.Points).Max(of);
    return new(title, ChartAxis.FromZero(label, 1.02 * Largest(point => point.X)),
        ChartAxis.FromZero("ms an image", 1.05 * Largest(point => point.Y)), all) { Wide = all.Length > 3 };
}
