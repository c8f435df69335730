using System.Globalization;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Reports;

/// <summary>A section of pictures with boxes over them; two switches hide either kind.</summary>
internal static class PictureGallery
{
    private const float HitOverlap = 0.5f;
    private const float TagHeight = 1.35f;   // in letter sizes

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
        html.Add($"<figure><svg viewBox=\"0 0 {picture.Width} {picture.Height}\" role=\"img\" ");
        html.Add($"aria-label=\"{picture.Name}\">");
        html.Add($"<image href=\"data:{MediaType(picture.Encoded)};base64,");
        html.Add($"{Convert.ToBase64String(picture.Encoded)}\" ");
        html.Add($"width=\"{picture.Width}\" height=\"{picture.Height}\"/><g class=\"truth\">");
        foreach (var box in picture.Truth)
        {
            AddRectangle(html, "halo", box.Box, $"true: {Name(box, classes)}");
            AddRectangle(html, "dash", box.Box, $"true: {Name(box, classes)}");
        }
        html.Add($"</g><g class=\"found\">");
        foreach (var box in picture.Predicted.OrderBy(box => box.Score))
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{Name(box, classes)} {box.Score:0.00}");
            html.Add($"<g class=\"{Palette.Class(box.Category)}\">");
            AddRectangle(html, "box", box.Box, $"found: {text}");
            AddTag(html, picture, text, box.Box.X0, box.Box.Y0);
            html.Add($"</g>");
        }
        html.Add($"</g><g class=\"truth\">");
        foreach (var box in picture.Truth.Where(box => !picture.Predicted.Any(found => Hits(found, box))))
        {
            var below = box.Box.Y1 + TagHeight * LetterSize(picture);
            AddTag(html, picture, $"missed: {Name(box, classes)}", box.Box.X0, below);
        }
        html.Add($"</g></svg><figcaption>{picture.Name}");
        html.Add($"<span>{picture.Predicted.Count} found, {picture.Truth.Count} true</span></figcaption></figure>\n");
    }

    private static void AddRectangle(HtmlText html, string style, Box box, string title)
    {
        html.Add($"<rect class=\"{style}\" x=\"{box.X0:0.##}\" y=\"{box.Y0:0.##}\" ");
        html.Add($"width=\"{Math.Max(0, box.Width):0.##}\" ");
        html.Add($"height=\"{Math.Max(0, box.Height):0.##}\"><title>{title}</title></rect>");
    }

    // The tag stands on y where it can and stays inside the picture; letters of the sans-serif fonts at hand are 0.58
    // of their size wide on average.
    private static void AddTag(HtmlText html, ReportPicture picture, string text, float x, float y)
    {
        var size = LetterSize(picture);
        float width = (0.58f * text.Length + 0.8f) * size, height = TagHeight * size;
        var left = Math.Max(0, Math.Min(x, picture.Width - width));
        var top = Math.Max(0, Math.Min(y, picture.Height) - height);
        html.Add($"<rect class=\"tag\" x=\"{left:0.##}\" y=\"{top:0.##}\" rx=\"{0.25f * size:0.##}\" ");
        html.Add($"width=\"{width:0.##}\" height=\"{height:0.##}\"/>");
        html.Add($"<text class=\"tag-text\" x=\"{left + 0.4f * size:0.##}\" y=\"{top + size:0.##}\" ");
        html.Add($"font-size=\"{size:0.##}\">{text}</text>");
    }

    private static float LetterSize(ReportPicture picture) => MathF.Max(picture.Width, picture.Height) / 26f;

    private static bool Hits(ReportBox found, ReportBox truth) => found.Category == truth.Category
        && BoxOverlap.IntersectionOverUnion(found.Box, truth.Box) >= HitOverlap;

    private static string Name(ReportBox box, IReadOnlyList<ReportClass> classes) =>
        box.Category >= 0 && box.Category < classes.Count ? classes[box.Category].Name : $"class {box.Category}";

    private static string MediaType(byte[] encoded) => encoded is [0x89, ..] ? "image/png" : "image/jpeg";
}
