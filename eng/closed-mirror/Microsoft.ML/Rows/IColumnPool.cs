namespace Microsoft.ML.Data;

internal interface IColumnPool
{
    int Column { get; }

    /// <summary>Keeps the input row's value in a slot.</summary>
    void Read(int slot);

    /// <summary>A getter of the value in the slot that is current.</summary>
    Delegate Getter(Func<int> slot);
}
