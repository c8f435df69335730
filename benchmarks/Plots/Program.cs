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
    Write($"{key}-threads.svg", ByThreads(name, own.Where(time => time.Sweep == "batch")));
}

void Write(string file, LineChart chart) => File.WriteAllText(Path.Combine(folder, file), chart.ToSvg());

// What one and two threads take, and what more would by the part that threads share out.
LineChart ByThreads(string name, IEnumerable<StepTime> measured)
{
    const int most = 16;
    var batch = measured.Where(time => time.Batch <= 8).Max(time => time.Batch);
    var curves = sides.Select(side => (side.Name, Curve: ThreadCurve.Of([.. measured.Where(time =>
        time.Side == side.Key && time.Batch == batch)]))).Where(side => side.Curve is not null).ToList();
    foreach (var (side, curve) in curves)
        Console.WriteLine($"{name}, batch {batch}, {side}: {curve!.Words([1, 2, 4, 8, most])}");
    ChartLine[] lines = [.. curves.Select((side, i) => new ChartLine(side.Name,
        [.. Enumerable.Range(1, most).Select(threads => new CurvePoint(threads, side.Curve!.At(threads) / batch))], i))];
    return new($"{name}: time by threads, batch {batch}; from 3 on computed", ChartAxis.FromZero("threads", most),
        ChartAxis.FromZero("ms an image", 1.05 * lines.SelectMany(line => line.Points).Max(point => point.Y)), lines) { Wide = true };
}

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
