using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// The methods of the processor's widest vectors by name: Vector512, Vector256 and Vector128 have the same ones.
/// </summary>
[RequiresDynamicCode("Loops are written as code at run time; see ElementwiseFusion.Apply.")]
internal sealed class SimdMethods
{
    private readonly Type _simd = Vector512.IsHardwareAccelerated ? typeof(Vector512)
        : Vector256.IsHardwareAccelerated ? typeof(Vector256) : typeof(Vector128);

    private readonly Dictionary<string, List<MethodInfo>> _methods = [];

    /// <summary>The type of a vector of numbers.</summary>
    public Type Floats => Find("Create", [typeof(float)]).ReturnType;

    /// <summary>Whether a number's exponent and mantissa are one instruction each.</summary>
    public bool HasExponents => _simd == typeof(Vector512) && Avx512F.IsSupported;

    /// <summary>Numbers in a vector.</summary>
    public int Width => _simd == typeof(Vector512) ? Vector512<float>.Count
        : _simd == typeof(Vector256) ? Vector256<float>.Count : Vector128<float>.Count;

    /// <summary>The method with these types of parameters.</summary>
    public MethodInfo Find(string name, Type[] parameters)
    {
        if (!_methods.TryGetValue(name, out var known))
            _methods[name] = known = [];
        var found = known.FirstOrDefault(method => Takes(method, parameters));
        if (found is null)
            known.Add(found = Named(name).Where(method => method.GetParameters().Length == parameters.Length)
                .Select(method => Closed(method, parameters)).First(method => Takes(method, parameters)));
        return found;
    }

    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicMethods, typeof(Vector128))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicMethods, typeof(Vector256))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicMethods, typeof(Vector512))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicMethods, typeof(Avx512F))]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "The methods of these types are kept.")]
    private IEnumerable<MethodInfo> Named(string name) => (HasExponents ? new[] { _simd, typeof(Avx512F) } : [_simd])
        .SelectMany(type => type.GetMember(name, MemberTypes.Method, BindingFlags.Public | BindingFlags.Static))
        .Cast<MethodInfo>();

    // Methods of vectors of any element are generic in that element.
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "Their element types ask for no members.")]
    private static MethodInfo Closed(MethodInfo method, Type[] parameters) =>
        method.IsGenericMethodDefinition && method.GetGenericArguments().Length == 1 && parameters[0].IsGenericType
            ? method.MakeGenericMethod(parameters[0].GetGenericArguments()) : method;

    private static bool Takes(MethodInfo method, Type[] parameters) =>
        method.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(parameters);
}
