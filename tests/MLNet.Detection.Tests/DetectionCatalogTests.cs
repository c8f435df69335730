using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Estimators;
using MLNet.Detection.Matching;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;
using MLNet.Detection.Tests.Interop;

namespace MLNet.Detection.Tests;

[TestClass]
public sealed class DetectionCatalogTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void Data_sets_load_in_both_formats_and_with_options()
    {
        using var folder = new TemporaryFolder();
        var json = TinyCoco.Write(folder);
        File.Delete(folder.File("2.png"));
        Assert.ThrowsExactly<DatasetException>(() => ml.Detection().LoadFromCoco(json, folder.Path));
        Assert.AreEqual(4, ml.Detection().LoadFromCoco(
            json, folder.Path, new() { MissingImages = MissingImages.Skip }).GetRowCount());

        folder.Write("voc/Annotations/a.xml", "<annotation><filename>a.png</filename>"
            + "<size><width>40</width><height>30</height></size><object><name>dog</name>"
            + "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>22</ymax></bndbox></object></annotation>");
        folder.Write("voc/ImageSets/Main/train.txt", "a\n");
        folder.Write("voc/JPEGImages/a.png", "");
        foreach (var data in new[]
        {
            ml.Detection().LoadFromVoc(folder.File("voc")), ml.Detection().LoadFromVoc(folder.File("voc"), "train"),
            ml.Detection().LoadFromVoc(folder.File("voc"), "train", new() { Categories = ["dog"] }),
        })
            CollectionAssert.AreEqual(
                new float[] { 1, 2, 11, 22 }, Rows.Vectors<float>(data, "BoundingBoxes").Single());
    }

    [TestMethod]
    public void Corrections_of_a_data_set_are_logged_up_to_twenty()
    {
        var warnings = new List<string>();
        ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        using var folder = new TemporaryFolder();
        var annotations = string.Join(",", Enumerable.Range(1, 23).Select(id =>
            $$"""{"id":{{id}},"image_id":1,"category_id":1,"bbox":[5,5,50,10],"area":9,"iscrowd":0}"""));
        var json = folder.Write("x.json", $$"""
            {"images":[{"id":1,"file_name":"a.png","width":20,"height":30}],
             "categories":[{"id":1,"name":"cup"}],"annotations":[{{annotations}}]}
            """);
        var data = ml.Detection().LoadFromCoco(json, folder.Path, new() { MissingImages = MissingImages.Unchecked });
        Assert.HasCount(23, data.Dataset.Problems);
        Assert.HasCount(21, warnings);
        Assert.AreEqual(data.Dataset.Problems[0].ToString(), warnings[0]);
        Assert.Contains("3 more such problems", warnings[20]);
    }

    [TestMethod]
    public void Verbs_with_options_and_with_parameters_agree()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        var (anchors, resize) = (TinyDetector.Anchors, TinyDetector.Resize);
        var matcher = new SsdMatcher(0.4f);
        var brief = ml.Detection().PreprocessImage(resize).Append(ml.Detection().MatchAnchors(anchors, resize, matcher))
            .Append(ml.Detection().EncodeLabels(anchors, resize, BoxCoder.RetinaNet)).Fit(data).Transform(data);
        var full = ml.Detection()
            .PreprocessImage(new PreprocessImageEstimator.Options { Resize = resize, OutputColumnName = "P" })
            .Append(ml.Detection().MatchAnchors(new MatchAnchorsEstimator.Options
                { Anchors = anchors, Matcher = matcher, OutputColumnName = "M" }))
            .Append(ml.Detection().EncodeLabels(new EncodeLabelsEstimator.Options
            {
                Anchors = anchors, Coder = BoxCoder.RetinaNet, MatchedIndicesColumnName = "M",
                ClassOutputColumnName = "C", BoxOutputColumnName = "B",
            })).Fit(data).Transform(data);
        AssertEqual<float>("Pixels", "P");
        AssertEqual<int>("MatchedIndices", "M");
        AssertEqual<long>("AnchorClasses", "C");
        AssertEqual<float>("AnchorBoxes", "B");

        void AssertEqual<T>(string expected, string actual)
        {
            foreach (var (first, second) in Rows.Vectors<T>(brief, expected).Zip(Rows.Vectors<T>(full, actual)))
                CollectionAssert.AreEqual(first, second);
        }
    }
}
