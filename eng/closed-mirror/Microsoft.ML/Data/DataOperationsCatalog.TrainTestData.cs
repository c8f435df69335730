namespace Microsoft.ML;

public sealed partial class DataOperationsCatalog
{
    /// <summary>The two parts of a split.</summary>
    public struct TrainTestData
    {
        public readonly IDataView TrainSet;
        public readonly IDataView TestSet;

        internal TrainTestData(IDataView trainSet, IDataView testSet)
        {
            TrainSet = trainSet;
            TestSet = testSet;
        }
    }
}
