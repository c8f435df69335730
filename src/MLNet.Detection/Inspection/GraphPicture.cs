using MLNet.Detection.Reports;
using OnnxGraphs.Inspection;

namespace MLNet.Detection.Inspection;

/// <summary>
/// A detector's blocks as SVG: parts from left to right, maps from the largest at the top to the smallest.
/// </summary>
internal sealed class GraphPicture
{
    private const int Width = 176, Height = 58, Pitch = 84, Gap = 46, Margin = 12;

    private readonly IReadOnlyList<ModelBlock> _blocks;
    private readonly Dictionary<string, (int X, int Y)> _places = [];
    private readonly int _columns, _rows;

    private GraphPicture(IReadOnlyList<ModelBlock> blocks)
    {
        _blocks = blocks;
        var sizes = blocks.Where(block => block.MapWidth is not null)
            .Select(block => (Width: block.MapWidth!.Value, Height: block.MapHeight!.Value)).Distinct()
            .OrderByDescending(size => (long)size.Width * size.Height).ToList();
        var columns = blocks.Select(Column).Distinct().OrderBy(Order).ToList();
        (_columns, _rows) = (columns.Count, Math.Max(1, sizes.Count));
        foreach (var column in columns)
        {
            var free = blocks.Where(block => Column(block) == column && block.MapWidth is null).ToList();
            foreach (var block in blocks.Where(block => Column(block) == column))
            {
                var row = block.MapWidth is { } width ? sizes.IndexOf((width, block.MapHeight!.Value))
                    : (_rows - free.Count) / 2.0 + free.IndexOf(block);
                _places[block.Name] = (Margin + columns.IndexOf(column) * (Width + Gap),
                    Margin + (int)(Math.Max(0, row) * Pitch));
            }
        }
    }

    /// <summary>The drawing.</summary>
    public static HtmlText Draw(ModelSummary model) => new GraphPicture(model.Blocks).Draw();

    private HtmlText Draw()
    {
        var (width, height) = (2 * Margin + _columns * (Width + Gap) - Gap,
            2 * Margin + Math.Max(_rows, _places.Count == 0 ? 1 : _places.Values.Max(at => at.Y) / Pitch + 1) * Pitch);
        var html = new HtmlText();
        html.Add($"<svg viewBox=\"0 0 {width} {height}\" style=\"max-width:{width}px\" role=\"img\" ");
        html.Add($"aria-label=\"Blocks of the model\">\n");
        foreach (var block in _blocks)
            foreach (var input in block.Inputs.Where(_places.ContainsKey))
                Edge(html, _places[input], _places[block.Name]);
        foreach (var block in _blocks)
            Box(html, block, _places[block.Name]);
        return html.Add($"</svg>\n");
    }

    private static void Edge(HtmlText html, (int X, int Y) from, (int X, int Y) to)
    {
        if (from.X == to.X && from.Y != to.Y)
        {
            // Down the column; a way back goes round on the left.
            var (x, down) = (from.X + Width / 2, to.Y > from.Y);
            var (y0, y1) = (from.Y + (down ? Height : 0), to.Y + (down ? 0 : Height));
            html.Add($"<path class=\"edge\" d=\"M{x} {y0}L{x} {y1}\"/>\n");
            return;
        }
        var (right, left, middle) = (from.X + Width, to.X, (from.X + Width + to.X) / 2);
        html.Add($"<path class=\"edge\" d=\"M{right} {from.Y + Height / 2}C{middle} {from.Y + Height / 2} ");
        html.Add($"{middle} {to.Y + Height / 2} {left} {to.Y + Height / 2}\"/>\n");
    }

    private static void Box(HtmlText html, ModelBlock block, (int X, int Y) at)
    {
        html.Add($"<g class=\"block {Color(block)}\"><title>{Title(block)}</title>");
        html.Add($"<rect x=\"{at.X}\" y=\"{at.Y}\" width=\"{Width}\" height=\"{Height}\" rx=\"7\"/>");
        html.Add($"<rect class=\"side\" x=\"{at.X}\" y=\"{at.Y}\" width=\"5\" height=\"{Height}\" rx=\"2\"/>");
        html.Add($"<text class=\"name\" x=\"{at.X + 14}\" y=\"{at.Y + 19}\">{block.Name}</text>");
        html.Add($"<text class=\"tick\" x=\"{at.X + 14}\" y=\"{at.Y + 35}\">{Shape(block)}</text>");
        html.Add($"<text class=\"tick\" x=\"{at.X + 14}\" y=\"{at.Y + 50}\">{Counts(block)}</text></g>\n");
    }

    private static string Shape(ModelBlock block) => block.Shape is { } shape ? shape.ToString()
        : string.Join(", ", block.Operators.Take(3).Select(use => use.Key));

    private static string Counts(ModelBlock block) => $"{block.Nodes} nodes"
        + (block.Parameters > 0 ? $", {SummaryText.Number(block.Parameters)} weights" : "");

    private static string Title(ModelBlock block) => $"{block.Name}: "
        + string.Join(", ", block.Operators.Select(use => $"{use.Key} {use.Value}"))
        + (block.MultiplyAdds > 0 ? $"; {SummaryText.Number(block.MultiplyAdds)} multiply-adds" : "");

    // Heads of a kind share a column; what joins their levels has the next one.
    private static string Column(ModelBlock block) => block.Part != ModelPart.Head
        ? $"{block.Part}" : block.MapWidth is null ? "rows" : block.Name.Split(" head")[0];

    private static int Order(string column) => column switch
    {
        nameof(ModelPart.Preparation) => -1, nameof(ModelPart.Backbone) => 0, nameof(ModelPart.Neck) => 1,
        "class" => 2, "box" => 3, "objectness" => 4, "rows" => 6, nameof(ModelPart.Tail) => 7, _ => 5,
    };

    private static string Color(ModelBlock block) => Palette.Class((int)block.Part);
}
