using MLNet.Detection.Data;

namespace MLNet.Detection.Estimators;

/// <summary>
/// The columns of steps that change pictures and their boxes together. All are replaced in place, so that a chain has
/// the same columns without such a step. Appended with <c>TransformerScope.Training</c> it acts while the chain is
/// fitted, and in <c>Transform(view, TransformerScope.Training)</c>, but not in a plain <c>Transform(view)</c>.
/// </summary>
public abstract record PictureStepOptions
{
    private protected PictureStepOptions()
    {
    }

    /// <summary>The same seed gives every row the same change, in any order of the rows and on any number of threads.
    /// Take another one in each epoch.</summary>
    public int Seed { get; init; }

    /// <summary>Decoded pictures.</summary>
    public string PictureColumnName { get; init; } = TargetColumns.Picture;

    /// <summary>Vector of float: x0, y0, x1, y1 of each box in pixels of the picture.</summary>
    public string BoundingBoxColumnName { get; init; } = DetectionColumns.BoundingBoxes;

    /// <summary>Vector of uint keys, one a box.</summary>
    public string LabelColumnName { get; init; } = DetectionColumns.Label;

    /// <summary>Vector of bool, one a box; null, or a name that the data lacks: no box is a crowd.</summary>
    public string? CrowdColumnName { get; init; } = DetectionColumns.Crowd;

    /// <summary>Vector of bool, one a box; null, or a name that the data lacks: no box is difficult.</summary>
    public string? DifficultColumnName { get; init; } = DetectionColumns.Difficult;

    /// <summary>Vector of float, one a box; null, or a name that the data lacks: areas are those of the
    /// boxes.</summary>
    public string? AreaColumnName { get; init; } = DetectionColumns.Area;

    /// <summary>Int, width of the picture; null, or a name that the data lacks: no column says so.</summary>
    public string? WidthColumnName { get; init; } = DetectionColumns.Width;

    /// <summary>Int, height of the picture; null, or a name that the data lacks: no column says so.</summary>
    public string? HeightColumnName { get; init; } = DetectionColumns.Height;
}
