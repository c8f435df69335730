using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

[TestClass]
public sealed class CsvFormatTests
{
    [TestMethod]
    [DataRow("filename,width,height,class,xmin,ymin,xmax,ymax\nx.png,40,20,dog,4,5,20,15", DisplayName = "TensorFlow")]
    [DataRow("\"image\",\"xmin\",\"ymin\",\"xmax\",\"ymax\",\"label\"\r\n\"x.png\",4,5,20.0,15,\"dog\"\r\n",
        DisplayName = "VoTT")]
    [DataRow("label_name;bbox_x;bbox_y;bbox_width;bbox_height;image_name;image_width;image_height\n"
        + "dog;4;5;16;10;x.png;40;20", DisplayName = "makesense")]
    [DataRow("x.png,4,5,20,15,dog\nx.png,,,,,", DisplayName = "keras-retinanet")]
    [DataRow("TRAIN,x.png,dog,0.1,0.25,,,0.5,0.75,,", DisplayName = "AutoML")]
    [DataRow("ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsGroupOf\nx,s,dog,1,0.1,0.5,0.25,0.75,0",
        DisplayName = "Open Images")]
    public void Columns_are_found(string content)
    {
        using var file = Small(content);
        File.Copy(Path.Combine(file.Folder, "x.png"), Path.Combine(file.Folder, "x.jpg"));
        var dataset = file.Load();
        var image = Assert.ContainsSingle(dataset.Images);
        Assert.AreEqual((40, 20), (image.Width, image.Height));
        SampleData.AreNear(new Box(4, 5, 20, 15), Assert.ContainsSingle(image.Boxes).Box);
        Assert.AreEqual("dog", Assert.ContainsSingle(dataset.Categories).Name);
        Assert.IsEmpty(dataset.Problems);
    }

    [TestMethod]
    public void Lines_of_a_picture_need_not_stand_together_and_groups_are_crowds()
    {
        using var file = Small("path,x1,y1,x2,y2,class,IsGroupOf\nx.png,1,1,5,5,\"a, \"\"b\"\"\",1\n"
            + "sub/y.png,1,1,2,2,c,0\nx.png,2,2,6,6,c,0\n");
        SampleData.WritePicture(Path.Combine(file.Folder, "sub", "y.png"), 3, 3);
        var dataset = file.Load();
        CollectionAssert.AreEqual(new[] { "a, \"b\"", "c" }, dataset.Categories.Select(c => c.Name).ToArray());
        CollectionAssert.AreEqual(
            new[] { true, false }, dataset.Named("x.png").Boxes.Select(box => box.Crowd).ToArray());
    }

    [TestMethod]
    [DataRow("x.png,40,20,dog,4,5,2O,15", "line 3", "found \"2O\" where a number belongs")]
    [DataRow("x.png,40,20,dog,4,5,20", "line 3", "the line has 7 fields, but field 8 is needed")]
    [DataRow("y.png,-1,20,dog,4,5,20,15", "line 3", "found \"-1\" where a number of pixels belongs")]
    [DataRow("../x.png,40,20,dog,4,5,20,15", "line 3", "leaves the image folder")]
    [DataRow("x.png,40,20,dog,4,NaN,20,15", "line 3", "not a finite number")]
    public void Bad_lines_are_named(string line, string place, string found)
    {
        using var file = Small(
            "filename,width,height,class,xmin,ymin,xmax,ymax\nx.png,40,20,dog,1,1,9,9\n" + line);
        file.Refuses(place, found);
    }

    [TestMethod]
    [DataRow("", "the file is empty")]
    [DataRow("a,b\n1,2", "found the columns a, b")]
    public void Files_without_the_columns_are_refused(string content, string found)
    {
        using var file = Small(content);
        Assert.Contains(found, Assert.ThrowsExactly<DatasetException>(() => file.Format.Load(file.Path)).Found);
    }

    [TestMethod]
    public void A_quote_that_does_not_end_is_an_error_at_its_line()
    {
        using var file = Small("filename,class,xmin,ymin,xmax,ymax\nx.png,\"do\"g,1,1,2,2\n");
        file.Refuses("line 2", "not well formed CSV");
    }

    [TestMethod]
    public void Rows_without_a_set_belong_to_none_of_them()
    {
        using var file = Small("TRAIN,x.png,dog,0.1,0.25,,,0.5,0.75,,\nUNASSIGNED,y.png,dog,0.1,0.25,,,0.5,0.75,,\n"
            + "TEST,z.png,dog,0.1,0.25,,,0.5,0.75,,\n,w.png,dog,0.1,0.25,,,0.5,0.75,,\n");
        foreach (var name in new[] { "y.png", "z.png", "w.png" })
            SampleData.WritePicture(Path.Combine(file.Folder, name), 40, 20);
        CollectionAssert.AreEqual(new[] { "train", "test" }, file.Format.Splits(file.Path).ToArray());
        foreach (var (split, name) in new[] { ("train", "x.png"), ("test", "z.png") })
            Assert.AreEqual(name, Assert.ContainsSingle(file.Load(new() { Split = split }).Images).FileName);
        Assert.HasCount(4, file.Load().Images);
    }

    private static SmallFile Small(string content) => new(DatasetFormat.Csv, "a.csv", content);
}
