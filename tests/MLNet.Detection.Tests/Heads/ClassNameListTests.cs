using MLNet.Detection.Detectors;
using MLNet.Detection.Tests.Data;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.Heads;

/// <summary>Lists of class names that exporters leave in a file's metadata, here in a file of three classes.</summary>
[TestClass]
public sealed class ClassNameListTests
{
    private static readonly string[] New = ["red cell", "b's", "say \"x\""];

    [TestMethod]
    [DataRow("names", "{0: 'a', 1: 'car', 2: 'c'}", "{0: 'red cell', 1: \"b's\", 2: 'say \"x\"'}")]
    [DataRow("names", "{0: \"it's\", 1: 'a: b', 2: 'c'}", "{0: 'red cell', 1: \"b's\", 2: 'say \"x\"'}")]
    [DataRow("names", "{\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}",
        """{"0": "red cell", "1": "b's", "2": "say \"x\""}""")]
    [DataRow("classes", "[\"a\",\"b\",\"c\"]", """["red cell","b's","say \"x\""]""")]
    [DataRow("labels", "['a', 'b', 'c']", "['red cell', \"b's\", 'say \"x\"']")]
    [DataRow("label_list", "a,b,c", "red cell,b's,say \"x\"")]
    [DataRow("class_names", "a\nb\nc\n", "red cell\nb's\nsay \"x\"")]
    [DataRow("names", "{0: 'BACKGROUND', 1: 'a', 2: 'b', 3: 'c'}",
        "{0: 'BACKGROUND', 1: 'red cell', 2: \"b's\", 3: 'say \"x\"'}")]
    public void Saved_files_name_their_classes_in_the_form_of_the_list(string key, string text, string written)
    {
        var (detector, saved) = SaveWith(key, text, New);
        Assert.IsEmpty(detector.Warnings);
        Assert.AreEqual(written, saved);
    }

    [TestMethod]
    [DataRow("labels", "80")]
    [DataRow("names", "coco")]
    [DataRow("names", "{0: 'a', 2: 'b'}")]
    [DataRow("labels", "Labels of a detector, made in the year of the great flood, by hand")]
    [DataRow("author", "['a', 'b', 'c']")]
    public void Other_texts_stay(string key, string text) => Assert.AreEqual(text, SaveWith(key, text, New).Saved);

    [TestMethod]
    public void A_list_that_does_not_fit_is_told_and_replaced()
    {
        var (detector, saved) = SaveWith("names", "{0: 'a', 1: 'b', 2: 'c', 3: 'd', 4: 'e'}", ["x", "y"]);
        Assert.Contains("'names' names 5 classes (a, b, c, ...), but the head has 3",
            Assert.ContainsSingle(detector.Warnings));
        Assert.AreEqual("{0: 'x', 1: 'y'}", saved);
    }

    // The weights of a class that stays are found by its name, behind a background as well.
    [TestMethod]
    [DataRow("{0: 'x', 1: 'y', 2: 'z'}")]
    [DataRow("{0: 'background', 1: 'x', 2: 'y', 3: 'z'}")]
    public void Classes_that_stay_keep_their_weights(string names)
    {
        var (same, _) = SaveWith("names", names, ["x", "y", "z"]);
        var (turned, _) = SaveWith("names", names, ["z", "y", "x"]);
        var original = OnnxModel.Load(HeadCase.Of("yolov8").Export.Path);
        Assert.IsTrue(Stored(original).SequenceEqual(Stored(same.Model)));
        Assert.IsFalse(Stored(original).SequenceEqual(Stored(turned.Model)));
    }

    private static float[] Stored(OnnxModel model) => [.. model.Initializers.Where(pair => pair.Value.DataType == 1)
        .OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(
            pair => pair.Value.ToTensor().Values<float>().ToArray())];

    private static (DetectorModel Detector, string Saved) SaveWith(string key, string text, string[] classes)
    {
        var model = OnnxModel.Load(HeadCase.Of("yolov8").Export.Path).Clone();
        model.Proto.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = text });
        var detector = (HeadCase.Of("yolov8").Import with { Classes = classes }).Apply(model);
        using var folder = new TemporaryFolder();
        detector.Save(folder.File("saved.onnx"));
        var saved = OnnxModel.Load(folder.File("saved.onnx"));
        return (detector, saved.Proto.MetadataProps.Single(entry => entry.Key == key).Value);
    }
}
