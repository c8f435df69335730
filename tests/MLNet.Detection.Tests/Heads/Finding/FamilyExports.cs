using OnnxGraphs.Graphs;

namespace MLNet.Detection.Tests.Heads.Finding;

/// <summary>Ends of files as the families' exporters write them.</summary>
internal static class FamilyExports
{
    private static readonly int[] Strides = [8, 16, 32];

    /// <summary>Scores, distances and keypoints of two anchors a cell, an output for each of three levels.</summary>
    public static SmallExport Scrfd(int classes)
    {
        var (export, outputs) = (new SmallExport(), new List<string>());
        foreach (var (name, columns) in ((string, int)[])[("score", classes), ("bbox", 4), ("kps", 10)])
            foreach (var stride in Strides)
            {
                var rows = export.Rows(export.Map($"{name}_map{stride}", stride, 2 * columns), columns, $"{name}_{stride}");
                outputs.Add(name == "score" ? export.Add("Sigmoid", [rows], rows + "_p") : rows);
            }
        return export.Gives([.. outputs]);
    }

    /// <summary>Classes, objectness, boxes and keypoints, an output for each of three levels.</summary>
    public static SmallExport YuNet(int classes)
    {
        var (export, outputs) = (new SmallExport(), new List<string>());
        foreach (var (name, columns) in ((string, int)[])[("cls", classes), ("obj", 1), ("bbox", 4), ("kps", 10)])
            foreach (var stride in Strides)
            {
                var rows = export.Rows(export.Map($"{name}_map{stride}", stride, columns), columns, $"{name}{stride}");
                outputs.Add(name is "cls" or "obj" ? export.Add("Sigmoid", [rows], $"{name}_{stride}") : rows);
            }
        return export.Gives([.. outputs]);
    }

    /// <summary>One convolution a level for classes and 4 x 8 bins, taken apart by Split.</summary>
    public static SmallExport NanoDet(int classes)
    {
        var (export, outputs) = (new SmallExport(), new List<string>());
        foreach (var stride in Strides)
        {
            var map = export.Map($"gfl{stride}", stride, classes + 32);
            export.Split(map, [classes, 32], $"cls{stride}", $"reg{stride}");
            export.Add("Sigmoid", [$"cls{stride}"], $"p{stride}");
            outputs.Add(export.Rows($"p{stride}", classes, $"cls_pred_{stride}"));
            outputs.Add(export.Rows($"reg{stride}", 32, $"dis_pred_{stride}"));
        }
        return export.Gives([.. outputs]);
    }

    /// <summary>Objectness, boxes and a softmax over the classes on one level, as one map.</summary>
    public static SmallExport FastestDet(int classes)
    {
        var export = new SmallExport();
        var objectness = export.Add("Sigmoid", [export.Map("obj", 16, 1)], "obj_p");
        var boxes = export.Map("reg", 16, 4);
        export.Add("Softmax", [export.Map("cls", 16, classes)], "cls_p", ("axis", 1));
        export.Join("output", 1, objectness, boxes, "cls_p");
        return export.Gives("output");
    }

    /// <summary>Boxes and six keypoints in one value, two and six anchors a cell.</summary>
    public static SmallExport BlazeFace(int classes)
    {
        var export = new SmallExport();
        foreach (var (name, columns) in ((string, int)[])[("classificators", classes), ("regressors", 16)])
            export.Join(name, 1, Level(export, name, columns, 8, 2), Level(export, name, columns, 16, 6));
        return export.Gives("regressors", "classificators");
    }

    /// <summary>Boxes and objectness of three anchors behind sigmoids, and classes that they share behind a softmax:
    /// maps joined by channels, or rows of whole cells without a batch axis.</summary>
    public static SmallExport FastestV2(int classes, bool rows)
    {
        var (export, outputs) = (new SmallExport(), new List<string>());
        foreach (var stride in (int[])[16, 32])
        {
            outputs.Add(export.Join($"level{stride}", 1, Part(export, ("reg", 12, "Sigmoid"), stride, rows),
                Part(export, ("obj", 3, "Sigmoid"), stride, rows), Part(export, ("cls", classes, "Softmax"), stride, rows)));
        }
        return rows ? export.Gives(export.Join("output", 0, [.. outputs])) : export.Gives([.. outputs]);
    }

    /// <summary>Class scores and distances as maps, one place a cell.</summary>
    public static SmallExport Maps(int classes, int boxes)
    {
        var (export, outputs) = (new SmallExport(), new List<string>());
        foreach (var stride in Strides)
        {
            outputs.Add(export.Add("Sigmoid", [export.Map($"cls{stride}", stride, classes)], $"scores{stride}"));
            outputs.Add(export.Map($"bbox{stride}", stride, boxes));
        }
        return export.Gives([.. outputs]);
    }

    private static string Level(SmallExport export, string name, int columns, int stride, int anchors) => export.Rows(
        export.Map($"{name}{stride}", stride, anchors * columns), columns, $"{name}_rows{stride}");

    private static string Part(SmallExport export, (string Name, int Channels, string Activation) value, int stride, bool rows)
    {
        var (name, map) = ($"{value.Name}{stride}", export.Map($"{value.Name}_map{stride}", stride, value.Channels));
        if (!rows)
            return export.Add(value.Activation, [map], name, value.Activation == "Softmax" ? [("axis", 1)] : []);
        export.Add("Transpose", [map], map + "_last", ("perm", new long[] { 0, 2, 3, 1 }));
        export.Add("Reshape", [map + "_last", export.Stored(Tensor.Vector<long>(-1, value.Channels))], map + "_rows");
        return export.Add(value.Activation, [map + "_rows"], name, value.Activation == "Softmax" ? [("axis", 1)] : []);
    }
}
