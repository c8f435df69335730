using FsCheck;
using FsCheck.Fluent;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests;

/// <summary>Statements about any boxes, tried on many that FsCheck makes up, always the same ones.</summary>
internal static class Properties
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithReplay(2026, 17).WithMaxTest(300);

    /// <summary>Corners on a grid of quarters, so that touching, equal, empty and inverted boxes come up.</summary>
    public static Gen<Box> AnyBox { get; } =
        from corners in Gen.Choose(-80, 80).Select(n => n / 4f).ArrayOf(4)
        select new Box(corners[0], corners[1], corners[2], corners[3]);

    /// <summary>Boxes with an area.</summary>
    public static Gen<Box> ProperBox { get; } =
        from corner in Gen.Choose(-80, 80).Select(n => n / 4f).ArrayOf(2)
        from size in Gen.Choose(1, 160).Select(n => n / 4f).ArrayOf(2)
        select Box.FromXywh(corner[0], corner[1], size[0], size[1]);

    public static void Hold<T>(Gen<T> values, Func<T, bool> statement) =>
        Prop.ForAll(values.ToArbitrary(), statement).Check(Config);

    public static void Hold<T1, T2>(Gen<T1> first, Gen<T2> second, Func<T1, T2, bool> statement) =>
        Prop.ForAll(first.ToArbitrary(), second.ToArbitrary(), statement).Check(Config);

    /// <summary>Assertions that touch files are tried on fewer values.</summary>
    public static void Check<T>(Gen<T> values, int tests, Action<T> assertions) =>
        Prop.ForAll(values.ToArbitrary(), assertions).Check(Config.WithMaxTest(tests));
}
