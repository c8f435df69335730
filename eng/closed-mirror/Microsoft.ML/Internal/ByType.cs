using System.Reflection;

namespace Microsoft.ML.Internal;

/// <summary>Calls a generic method with a type argument that only the schema knows at run time.</summary>
internal static class ByType
{
    /// <param name="example">The method with any type argument; its target is the object called.</param>
    public static object Call(Delegate example, Type typeArgument, params object[] arguments) =>
        Call(example, [typeArgument], arguments);

    public static object Call(Delegate example, Type[] typeArguments, params object[] arguments) =>
        example.Method.GetGenericMethodDefinition().MakeGenericMethod(typeArguments)
            .Invoke(example.Target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
