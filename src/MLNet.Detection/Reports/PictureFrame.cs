using MLNet.Detection.Boxes;

namespace MLNet.Detection.Reports;

/// <summary>A picture with boxes and tags over it, as SVG in a figure.</summary>
internal static class PictureFrame
{
    private const float TagHeight = 1.35f;   // in letter sizes

    /// <summary>Opens the figure and its svg.</summary>
    public static void Start(HtmlText html, ReportPicture picture)
    {
        html.Add($"<figure><svg viewBox=\"0 0 {picture.Width} {picture.Height}\" role=\"img\" ");
        html.Add($"aria-label=\"{picture.Name}\">");
        html.Add($"<image href=\"data:{MediaType(picture.Encoded)};base64,");
        html.Add($"{Convert.ToBase64String(picture.Encoded)}\" ");
        html.Add($"width=\"{picture.Width}\" height=\"{picture.Height}\"/>");
    }

    public static float TagHeightOf(ReportPicture picture) => TagHeight * LetterSize(picture);

    public static void AddRectangle(HtmlText html, string style, Box box, string title)
    {
        html.Add($"<rect class=\"{style}\" x=\"{box.X0:0.##}\" y=\"{box.Y0:0.##}\" ");
        html.Add($"width=\"{Math.Max(0, box.Width):0.##}\" ");
        html.Add($"height=\"{Math.Max(0, box.Height):0.##}\"><title>{title}</title></rect>");
    }

    // The tag stands on y where it can and stays inside the picture; letters of the sans-serif fonts at hand are 0.58
    // of their size wide on average.
    public static void AddTag(HtmlText html, ReportPicture picture, string text, float x, float y)
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

    private static string MediaType(byte[] encoded) => encoded switch
    {
        [0x89, ..] => "image/png",
        [(byte)'G', ..] => "image/gif",
        [(byte)'B', ..] => "image/bmp",
        [(byte)'R', ..] => "image/webp",
        _ => "image/jpeg",
    };
}
