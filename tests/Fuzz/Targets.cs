using System.Text;
using MLNet.Detection.Anchors;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;

namespace MLNet.Detection.Fuzz;

/// <summary>All readers of the libraries, with small files made for them.</summary>
internal static class Targets
{
    private static readonly ImageDecoderOptions Small = new() { MaxPixels = 1 << 22 };

    /// <summary>The readers; their seeds are written below a folder first.</summary>
    public static IReadOnlyList<Target> All(string folder)
    {
        var shapes = ShapesGenerator.Write(
            Path.Combine(folder, "shapes"), new() { Width = 40, Height = 32, Train = 2, Val = 0, Test = 0, Masks = true }, overwrite: true);
        var data = CocoDataset.Load(shapes.Train, shapes.Images, new() { Outlines = true });
        return [.. Models(folder), .. Checkpoints(folder), .. Pictures(shapes), .. Datasets(folder, data, shapes), .. Masks(folder),
            .. Results(folder, shapes)];
    }

    private static IEnumerable<Target> Models(string folder)
    {
        var detector = new SmallDetector
        {
            Classes = ["a", "b"], Width = 32, Height = 32, StageChannels = [4, 4, 4, 4, 4], PyramidChannels = 4,
        }.Build();
        string one = Path.Combine(folder, "one.onnx"), two = Path.Combine(folder, "two.onnx");
        detector.Save(one);
        detector.Save(two, externalData: true);
        IReadOnlyList<SeedFile> plain = [new("model.onnx", File.ReadAllBytes(one))];
        IReadOnlyList<SeedFile> split = [new("two.onnx", File.ReadAllBytes(two)), new("two.onnx.data", File.ReadAllBytes(two + ".data"))];
        yield return new("onnx", [plain], path => Look(OnnxModel.Load(path)));
        yield return new("external data", [split], path => Look(OnnxModel.Load(path)));
        yield return new("detector", [plain], path => DetectorModel.Load(path));
    }

    private static void Look(OnnxModel model)
    {
        var shapes = model.Inputs.ToDictionary(input => input.Name, _ => new TensorShape(1, 3, 32, 32));
        GraphReader.Read(model, new Graph(), model.OutputNames, new() { InputShapes = shapes });
        _ = TrainableWeights.Of(model, model.OutputNames);
    }

    private static IEnumerable<Target> Checkpoints(string folder)
    {
        var layout = new ParameterLayout([new("a", new(2, 3), 0), new("b", new(4), 6)]);
        var numbers = Enumerable.Range(0, 10).Select(i => (float)i).ToArray();
        var path = Path.Combine(folder, "checkpoint.safetensors");
        new Checkpoint(3, layout, new Dictionary<string, float[]> { [TrainingGraph.Parameters] = numbers })
        {
            Notes = new Dictionary<string, string> { ["epochs"] = "3" },
        }.Save(path);
        yield return new("checkpoint", [[new("c.safetensors", File.ReadAllBytes(path))]], file => Checkpoint.Load(file));
        var official = new OrtCheckpoint(new Dictionary<string, Tensor> { ["a"] = Tensor.Vector<float>(1, 2), ["b"] = Tensor.Vector<float>(3) });
        yield return new("official checkpoint", [[new("checkpoint", official.ToBytes())]], file => OrtCheckpoint.Load(file));
    }

    private static IEnumerable<Target> Pictures(ShapesFolder shapes)
    {
        var file = Directory.GetFiles(shapes.Images)[0];
        using var decoder = new ImageDecoder();
        var image = decoder.DecodeFile(file);
        using ImageEncoder png = new(ImageFormat.Png), jpeg = new(ImageFormat.Jpeg);
        IReadOnlyList<IReadOnlyList<SeedFile>> seeds =
            [[new("a.png", png.Encode(image))], [new("a.jpg", jpeg.Encode(image))], [new("a.bmp", Bitmap())]];
        yield return new("picture", seeds, path =>
        {
            using var reader = new ImageDecoder(Small);
            reader.DecodeFile(path);
        });
        yield return new("mask", [[new("a.png", png.Encode(image))]], path => LabelPng.ReadFile(path, Small));
    }

    // Two by two pixels, 24 bits each.
    private static byte[] Bitmap() =>
    [
        .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, .. new byte[24],
        1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0,
    ];

    private static IEnumerable<Target> Datasets(string folder, DetectionDataset data, ShapesFolder shapes)
    {
        foreach (var format in DatasetFormat.All)
        {
            var root = Path.Combine(folder, format.Name);
            var single = format.Name is "coco" or "createml" or "azureml" or "vott" or "csv";
            var path = single ? Path.Combine(root, format.Name switch { "csv" => "data.csv", "azureml" => "data.jsonl", _ => "data.json" }) : root;
            Directory.CreateDirectory(root);
            format.Save(data, path, overwrite: true);
            var images = format.ImageFolder(path);
            foreach (var picture in data.Images)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(images, picture.FileName))!);
                File.Copy(Path.Combine(shapes.Images, picture.FileName), Path.Combine(images, picture.FileName), overwrite: true);
            }
            var files = Directory.GetFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => new SeedFile(Path.GetRelativePath(root, file), File.ReadAllBytes(file),
                    Path.GetExtension(file) is not (".png" or ".jpg"))).OrderByDescending(file => file.Damage).ToList();
            yield return new(format.Name, [files], file =>
            {
                var at = single ? file : Root(file, files[0].Path);
                format.Load(at, new() { Outlines = true, MissingImages = MissingImages.Skip });
                if (format.Recognizes(at))
                    DatasetFormat.Detect(at);
            });
        }
    }

    private const string Outlines = """
        {"images": [{"id": 1, "file_name": "shapes_00000.jpg", "width": 40, "height": 32}],
         "categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
         "annotations": [
          {"id": 1, "image_id": 1, "category_id": 1, "bbox": [2, 3, 10, 8], "area": 40, "iscrowd": 0, "segmentation": [[2, 3, 12, 3, 7.5, 11]]},
          {"id": 2, "image_id": 1, "category_id": 2, "bbox": [0, 0, 1, 32], "area": 30, "iscrowd": 1,
           "segmentation": {"size": [32, 40], "counts": [2, 30, 1248]}}]}
        """;

    // A folder of masks, and a COCO file with outlines, read down to the classes of pixels.
    private static IEnumerable<Target> Masks(string folder)
    {
        var root = Path.Combine(folder, "shapes");
        SeedFile[] files = [.. new[] { "classes.txt", "split.json", "instances_train.json" }.Select(name => Path.Combine(root, name))
            .Concat(Directory.GetFiles(Path.Combine(root, "masks"))).Concat(Directory.GetFiles(Path.Combine(root, "images")))
            .Select(file => new SeedFile(Path.GetRelativePath(root, file), File.ReadAllBytes(file), Path.GetExtension(file) is not ".jpg"))];
        yield return new("mask folder", [files], file => Read(MaskFormat.Detect(Root(file, "classes.txt")), Root(file, "classes.txt")));
        SeedFile[] outlines = [new("instances.json", Encoding.UTF8.GetBytes(Outlines)),
            .. files.Where(file => file.Path.EndsWith(".jpg", StringComparison.Ordinal))];
        yield return new("outlines", [outlines], file => Read(MaskFormat.Named("coco"), file,
            Path.Combine(Path.GetDirectoryName(file)!, "images")));

        static void Read(MaskFormat format, string path, string? images = null)
        {
            foreach (var image in format.Load(path, new() { ImageFolder = images }).Images)
                image.Mask?.Read();
        }
    }

    private static string Root(string file, string below) => file[..^below.Length];

    private static IEnumerable<Target> Results(string folder, ShapesFolder shapes)
    {
        var results = Encoding.UTF8.GetBytes("""
            [{"image_id": 1, "category_id": 2, "bbox": [1, 2.5, 30, 4e1], "score": 0.5},
             {"image_id": 2, "category_id": 1, "bbox": [0, 0, 3, 4], "score": 0.25, "segmentation": {"size": [4, 4], "counts": "abc"}}]
            """);
        yield return new("results", [[new("results.json", results)]], path => CocoResults.Load(path));
        yield return new("annotations", [[new("train.json", File.ReadAllBytes(shapes.Train))]], path => CocoAnnotations.Load(path));
        yield return new("anchors", [[new("a.csv", "1,2,30,40\n5,6,70,80\n"u8.ToArray())], [new("a.json", "[[1,2,30,40],[5,6,70,80]]"u8.ToArray())]],
            path => AnchorFile.Load(path, AnchorFormat.XyxyPixels, 100, 100));
        var head = Path.Combine(folder, "head.json");
        new HeadFile { Head = new SmallDetector { Classes = ["a"] }.Build().Head }.Save(head);
        yield return new("head file", [[new("head.json", File.ReadAllBytes(head))]], path => HeadFile.Load(path));
    }
}
