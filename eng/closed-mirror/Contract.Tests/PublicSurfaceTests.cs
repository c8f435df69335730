using System.Reflection;
using Microsoft.ML.Runtime;

namespace Contract.Tests;

/// <summary>The subset invents nothing: each public member is one of ML.NET's, on the same type.</summary>
[TestClass]
public sealed class PublicSurfaceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance |
        BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Subset = typeof(MLContext).Assembly;

    private static readonly HashSet<string> Real = [.. File.ReadAllLines("mlnet-public-api.txt")];

    [TestMethod]
    public void EveryPublicTypeIsOneOfMlNets()
    {
        var unknown = Subset.GetExportedTypes().Select(KindLine)
            .Where(kind => !Real.Any(line => line.StartsWith(kind, StringComparison.Ordinal))).ToArray();
        Assert.IsEmpty(unknown, string.Join('\n', unknown));
    }

    [TestMethod]
    public void EveryPublicMemberHasMlNetsSignatureAndDeclaringType()
    {
        var unknown = Subset.GetExportedTypes().SelectMany(MemberLines).Where(line => !Real.Contains(line)).ToArray();
        Assert.IsEmpty(unknown, string.Join('\n', unknown));
    }

    [TestMethod]
    public void InventedTypesAndMembersWouldBeFound()
    {
        Assert.IsFalse(Real.Any(line => line.StartsWith(KindLine(typeof(Invented)), StringComparison.Ordinal)));
        Assert.HasCount(3, MemberLines(typeof(Invented)).Where(line => !Real.Contains(line)).ToArray());
        Assert.IsGreaterThan(300, Subset.GetExportedTypes().SelectMany(MemberLines).Count());
        Assert.Contains(typeof(IChannel), Subset.GetExportedTypes());
    }

    private static string KindLine(Type type)
    {
        var kind = type.IsEnum ? "enum"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : type.IsValueType ? "struct"
            : type.IsInterface ? "interface"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class"
            : "class";
        return $"{type.FullName} | {kind} in Microsoft.ML.";
    }

    private static IEnumerable<string> MemberLines(Type type) => type.GetMembers(Declared)
        .Where(member => member is not Type && IsVisible(member))
        .Select(member => $"{type.FullName} | {(IsStatic(member) ? "static " : "")}{member}");

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(true).Any(IsVisible),
        EventInfo @event => IsVisible(@event.AddMethod!),
        _ => true,
    };

    // As the list was written: properties and events carry no mark, their accessors do.
    private static bool IsStatic(MemberInfo member) => member switch
    {
        MethodBase method => method.IsStatic && !method.IsConstructor,
        FieldInfo field => field.IsStatic,
        _ => false,
    };

    private sealed class Invented
    {
        public int Answer() => 42;

        public static readonly int Question = 6;
    }
}
