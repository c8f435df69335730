namespace Microsoft.ML.Transforms;

/// <summary>Names the contract that a factory fulfils.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CustomMappingFactoryAttributeAttribute : Attribute
{
    public CustomMappingFactoryAttributeAttribute(string contractName)
    {
        ContractName = contractName;
    }

    internal string ContractName { get; }
}
