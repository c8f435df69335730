using System.Text.Json.Serialization;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>What the numbers of a place mean for its box.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "code")]
[JsonDerivedType(typeof(DistanceCode), "distances")]
[JsonDerivedType(typeof(DistributionCode), "distributions")]
[JsonDerivedType(typeof(GridCode), "grid")]
[JsonDerivedType(typeof(SigmoidCode), "sigmoid")]
[JsonDerivedType(typeof(TanhCode), "tanh")]
[JsonDerivedType(typeof(LinearCode), "linear")]
[JsonDerivedType(typeof(DeltaCode), "deltas")]
[JsonDerivedType(typeof(CentreCode), "centres")]
public abstract record BoxCode
{
    /// <summary>Numbers of a place.</summary>
    [JsonIgnore]
    public virtual int Columns => 4;

    /// <summary>In words, for reports.</summary>
    [JsonIgnore]
    public abstract string Words { get; }

    /// <summary>Corners [B, N, 4] in pixels of the network's input.</summary>
    /// <param name="raw">[B, N, columns].</param>
    /// <param name="places">The places.</param>
    internal abstract Var Corners(Var raw, PlaceTable places);

    /// <summary>Corners from the distances to the left, top, right and bottom side, pixels.</summary>
    private protected static Var Around(Var points, Var distances) => Op.Concat(
        [points - Op.Slice(distances, 2, 0, 2), points + Op.Slice(distances, 2, 2, 4)], 2);

    /// <summary>Corners from centre and size.</summary>
    private protected static Var Centred(Var centre, Var size) =>
        Op.Concat([centre - size * 0.5f, centre + size * 0.5f], 2);

    private protected static (Var Centre, Var Size) Halves(Var raw) =>
        (Op.Slice(raw, 2, 0, 2), Op.Slice(raw, 2, 2, 4));
}
