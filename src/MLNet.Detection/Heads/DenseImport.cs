using MLNet.Detection.Boxes;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>A described head on its way into a detector: other classes, and a box for each place.</summary>
internal static class DenseImport
{
    /// <summary>Fits the file to the wanted classes.</summary>
    /// <exception cref="ModelException">The anchors do not fit, or the class layers cannot be replaced.</exception>
    public static FoundHead Import(DenseHead head, HeadImport import)
    {
        var (options, background) = (import.Options, head.Score.Background ? 1 : 0);
        var (old, wanted) = (head.Levels[0].Classes.Columns, options.Classes.Count + background);
        var kept = KeptClasses.Of(options, import.Model, old - background, import.Warnings);
        var anchors = options.Anchors ?? Laid(head, import) ?? head.Points(import.Width, import.Height);
        if (head.Levels.Sum(level => level.Places) is var places && places != anchors.Count)
            throw new ModelException($"{import.Model.Path}: the head has {places} places, but {anchors.Count} anchors "
                + "are given for them; check the anchors.");
        if (old == wanted && import.StayAsTheyAre(kept))
            return import.Found(head, import.Model, head.Levels[0].Classes.Map, head.Levels[0].Boxes.Map, anchors);
        var model = ColumnReplacement.Apply(import.Model, [.. Columns(head, import)], wanted, import.InputShapes,
            new() { Seed = options.Seed, Prior = head.Score.Softmax ? null : 0.01f, Kept = Rows(kept, background) });
        head = head with { Levels = [.. head.Levels.Select(level => Moved(level, wanted))] };
        return import.Found(head, model, head.Levels[0].Classes.Map, head.Levels[0].Boxes.Map, anchors);
    }

    private static IReadOnlyList<Box>? Laid(DenseHead head, HeadImport import) => import.Options.AnchorScheme?.Generate(
        import.Width, import.Height, [.. head.Levels.Select(level => new Anchors.GridSize(level.Width, level.Height))]);

    private static IReadOnlyDictionary<int, int> Rows(IReadOnlyDictionary<int, int>? kept, int background)
    {
        var rows = (kept ?? new Dictionary<int, int>())
            .ToDictionary(pair => pair.Key + background, pair => pair.Value + background);
        // Beside classes that go on, "nothing here" goes on too.
        if (background == 1 && rows.Count > 0)
            rows[0] = 0;
        return rows;
    }

    // The table that a map is to its anchors: their step, or all of it where they share the classes.
    private static IEnumerable<MapColumns> Columns(DenseHead head, HeadImport import)
    {
        var maps = head.Levels.Select(level => level.Classes).ToList();
        foreach (var (slice, shape) in maps.Zip(import.Shapes([.. maps.Select(slice => slice.Map)])))
            yield return new(slice.Map, slice.Step > 0 ? slice.Step : (int)shape[1], slice.First, slice.Columns);
    }

    // What lies behind the classes in the same map, and from one anchor to the next, moves.
    private static HeadLevel Moved(HeadLevel level, int classes)
    {
        var (old, more) = (level.Classes, classes - level.Classes.Columns);
        ChannelSlice Move(ChannelSlice slice) => slice.Map != old.Map ? slice : slice with
        {
            First = slice.First + (slice.First > old.First ? more : 0),
            Step = slice.Step + (slice.Step > 0 ? more : 0),
        };
        return level with
        {
            Classes = Move(old) with { Columns = classes }, Boxes = Move(level.Boxes),
            Objectness = level.Objectness is { } objectness ? Move(objectness) : null,
        };
    }
}
