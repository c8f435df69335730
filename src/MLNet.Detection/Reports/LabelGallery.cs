namespace MLNet.Detection.Reports;

/// <summary>A section of pictures with their labels, coloured by class.</summary>
internal static class LabelGallery
{
    /// <summary>Draws pictures and, under each, a few words.</summary>
    public static HtmlText Draw(
        string title, IReadOnlyList<(ReportPicture Picture, string Note)> pictures, IReadOnlyList<string> classes)
    {
        var html = new HtmlText();
        if (pictures.Count == 0)
            return html;
        html.Add($"<section class=\"pictures\"><h2>{title}</h2>\n<div class=\"gallery\">\n");
        foreach (var (picture, note) in pictures)
        {
            PictureFrame.Start(html, picture);
            // The largest first, so that the small ones lie on top.
            foreach (var box in picture.Truth.OrderByDescending(box => box.Box.Area))
                PictureFrame.AddRectangle(html, $"box {Palette.Class(box.Category)}", box.Box, classes[box.Category]);
            html.Add($"</svg><figcaption>{picture.Name}<span>{note}</span></figcaption></figure>\n");
        }
        html.Add($"</div><div class=\"legend\">");
        var shown = pictures.SelectMany(item => item.Picture.Truth).Select(box => box.Category).Distinct().Order();
        foreach (var category in shown)
            html.Add($"<span class=\"{Palette.Class(category)}\"><i></i>{classes[category]}</span>");
        return html.Add($"</div></section>\n");
    }
}
