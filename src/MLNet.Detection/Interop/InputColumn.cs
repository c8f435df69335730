using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MLNet.Detection.Interop;

/// <summary>A column that a transformer reads, and what it must be.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Item">Type of the values, of a vector's items, or of the number under a key.</param>
/// <param name="Option">The option that names the column, for messages.</param>
internal sealed record InputColumn(string Name, DataViewType Item, string Option)
{
    /// <summary>Whether it holds a vector; of any length, known or not.</summary>
    public bool IsVector { get; init; }

    /// <summary>Whether the numbers are keys.</summary>
    public bool IsKey { get; init; }

    /// <summary>Whether one <c>MLImage</c> or <see cref="Images.RgbImage"/> will do in its place.</summary>
    public bool OrImage { get; init; }

    /// <summary>Whether a view without the column will do.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The column of a schema that was checked; null for an optional one that is not there.</summary>
    public DataViewSchema.Column? Find(DataViewSchema schema) => schema.GetColumnOrNull(Name);

    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public void Check(DataViewSchema inputSchema)
    {
        if (Find(inputSchema) is not { } column)
            RequireOptional(
                inputSchema.Where(other => !other.IsHidden).Select(other => other.Name), nameof(inputSchema));
        else if (!Accepts(column.Type))
            throw Mismatch(column.Type.ToString()!, nameof(inputSchema));
    }

    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public void Check(SchemaShape inputSchema)
    {
        var found = inputSchema.Where(column => column.Name == Name).ToArray();
        if (found.Length == 0)
            RequireOptional(inputSchema.Select(column => column.Name), nameof(inputSchema));
        else if (OrImage && found[0].ItemType is (ImageDataViewType or PictureDataViewType))
            return;
        else if ((found[0].Kind != SchemaShape.Column.VectorKind.Scalar) != IsVector
            || found[0].IsKey != IsKey || !found[0].ItemType.Equals(Item))
            throw Mismatch(
                $"{found[0].Kind} of {(found[0].IsKey ? "keys in " : "")}{found[0].ItemType}", nameof(inputSchema));
    }

    private bool Accepts(DataViewType type)
    {
        if (OrImage && type is (ImageDataViewType or PictureDataViewType))
            return true;
        var item = (type as VectorDataViewType)?.ItemType ?? type;
        return (type is VectorDataViewType) == IsVector
            && (IsKey ? item is KeyDataViewType && item.RawType == Item.RawType : item.Equals(Item));
    }

    private void RequireOptional(IEnumerable<string> names, string parameter)
    {
        if (!IsOptional)
            throw new ArgumentOutOfRangeException(parameter,
                $"There is no column '{Name}' ({Expected}); the columns are {string.Join(", ", names.Distinct())}. "
                + $"Load data with that column, or name another one in {Option}.");
    }

    private ArgumentOutOfRangeException Mismatch(string found, string parameter) => new(
        parameter, $"Column '{Name}' is {found}; expected {Expected}. Convert it, or name another column in {Option}.");

    private string Expected => $"{(IsVector ? "a vector of " : "one ")}{(IsKey ? "keys in " : "")}{Item}"
        + (OrImage ? " (image files), MLImage or RgbImage" : "");
}
