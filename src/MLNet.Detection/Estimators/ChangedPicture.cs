using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>A changed picture and its boxes as the columns that replace those it was made from.</summary>
internal abstract class ChangedPicture : BoxedItems<LabeledBox>
{
    private readonly string[] _columns;
    private readonly PictureStepOptions _options;
    private readonly ValueGetter<DataViewRowId> _id;
    private LabeledPicture _changed = null!;

    protected ChangedPicture(DataViewRow input, PictureStepOptions options) : base(input)
    {
        (_options, _id) = (options, input.GetIdGetter());
        _columns = [.. LabeledPictureColumns.Replaced(options).Select(column => column.Name)
            .Where(name => input.Schema.GetColumnOrNull(name) is not null)];
    }

    protected sealed override IReadOnlyList<LabeledBox> Items => _changed.Boxes;

    public override Delegate Getter(int added) => _columns[added] switch
    {
        var name when name == _options.PictureColumnName => Computed((ref RgbImage value) => value = _changed.Image),
        var name when name == _options.BoundingBoxColumnName => Corners(label => label.Box),
        var name when name == _options.LabelColumnName => Each(label => (uint)(label.Category + 1)),
        var name when name == _options.CrowdColumnName => Each(label => label.Crowd),
        var name when name == _options.DifficultColumnName => Each(label => label.Difficult),
        var name when name == _options.AreaColumnName => Each(label => (float)label.Area),
        var name when name == _options.WidthColumnName => Computed((ref int value) => value = _changed.Image.Width),
        _ => Computed((ref int value) => value = _changed.Image.Height),
    };

    protected sealed override void Compute()
    {
        DataViewRowId id = default;
        _id(ref id);
        _changed = Change(RowRandom.For(_options.Seed, id));
    }

    /// <summary>The changed picture of the row.</summary>
    protected abstract LabeledPicture Change(Random random);
}
