using System.Globalization;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Reports;

/// <summary>A section of pictures with boxes over them; two switches hide either kind.</summary>
internal static class PictureGallery
{
    private const float HitOverlap = 0.5f;

    public static HtmlText Draw(
        string title, IReadOnlyList<ReportPicture> pictures, IReadOnlyList<ReportClass> classes)
    {
        var html = new HtmlText();
        if (pictures.Count == 0)
            return html;
        html.Add($"<section class=\"pictures\"><h2>{title}</h2>\n");
        html.Add($"<label><input type=\"checkbox\" class=\"show-found\" checked><i class=\"solid\"></i>found</label>");
        html.Add($"<label><input type=\"checkbox\" class=\"show-truth\" checked>");
        html.Add($"<i class=\"dashed\"></i>true</label>\n");
        html.Add($"<div class=\"gallery\">\n");
        foreach (var picture in pictures)
            AddPicture(html, picture, classes);
        return html.Add($"</div></section>\n");
    }

    private static void AddPicture(HtmlText html, ReportPicture picture, IReadOnlyList<ReportClass> classes)
    {
        PictureFrame.Start(html, picture);
        html.Add($"<g class=\"truth\">");
        foreach (var box in picture.Truth)
        {
            PictureFrame.AddRectangle(html, "halo", box.Box, $"true: {Name(box, classes)}");
            PictureFrame.AddRectangle(html, "dash", box.Box, $"true: {Name(box, classes)}");
        }
        html.Add($"</g><g class=\"found\">");
        foreach (var box in picture.Predicted.OrderBy(box => box.Score))
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{Name(box, classes)} {box.Score:0.00}");
            html.Add($"<g class=\"{Palette.Class(box.Category)}\">");
            PictureFrame.AddRectangle(html, "box", box.Box, $"found: {text}");
            PictureFrame.AddTag(html, picture, text, box.Box.X0, box.Box.Y0);
            html.Add($"</g>");
        }
        html.Add($"</g><g class=\"truth\">");
        foreach (var box in picture.Truth.Where(box => !picture.Predicted.Any(found => Hits(found, box))))
        {
            var below = box.Box.Y1 + PictureFrame.TagHeightOf(picture);
            PictureFrame.AddTag(html, picture, $"missed: {Name(box, classes)}", box.Box.X0, below);
        }
        html.Add($"</g></svg><figcaption>{picture.Name}");
        html.Add($"<span>{picture.Caption ?? $"{picture.Predicted.Count} found, {picture.Truth.Count} true"}</span>");
        html.Add($"</figcaption></figure>\n");
    }

    private static bool Hits(ReportBox found, ReportBox truth) => found.Category == truth.Category
        && BoxOverlap.IntersectionOverUnion(found.Box, truth.Box) >= HitOverlap;

    private static string Name(ReportBox box, IReadOnlyList<ReportClass> classes) =>
        box.Category >= 0 && box.Category < classes.Count ? classes[box.Category].Name : $"class {box.Category}";
}
