using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MLNet.Detection.Tests.House;

/// <summary>Which folder of a library's sources uses which, read from the compiled library and its symbols.</summary>
internal sealed class FolderUse : IDisposable
{
    private static readonly Guid TypeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");
    private readonly AssemblyDefinition _assembly;
    private readonly string _root;
    private readonly Dictionary<TypeDefinition, string> _folders = [];

    public FolderUse(string library, string root)
    {
        _root = root;
        _assembly = AssemblyDefinition.ReadAssembly(library, new() { ReadSymbols = true });
        foreach (var type in _assembly.MainModule.GetTypes())
            if (Folder(type) is { } folder)
                _folders[type] = folder;
    }

    /// <summary>Each pair of folders with one use of it, for the message.</summary>
    public Dictionary<(string From, string To), string> Uses()
    {
        var uses = new Dictionary<(string, string), string>();
        foreach (var type in _assembly.MainModule.GetTypes())
            foreach (var used in Used(type))
                if (Owner(type) is { } from && Owner(used) is { } to && from != to)
                    uses.TryAdd((from, to), $"{type.FullName} uses {used.FullName}");
        return uses;
    }

    public void Dispose() => _assembly.Dispose();

    // A nested type is where its outermost one is.
    private string? Owner(TypeDefinition type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return _folders.GetValueOrDefault(type);
    }

    // The first file wins that is below the root: a method's, else the one noted for a type without code.
    private string? Folder(TypeDefinition type)
    {
        if (type.DeclaringType is not null)
            return null;
        var files = type.Methods.Where(method => method.HasBody)
            .SelectMany(method => method.DebugInformation.SequencePoints.Select(point => point.Document.Url));
        var file = files.FirstOrDefault(IsOwn) ?? (type.HasCustomDebugInformations
            ? type.CustomDebugInformations.OfType<BinaryCustomDebugInformation>()
                .Where(info => info.Identifier == TypeDocuments).Select(_ => Search(type)).FirstOrDefault() : null);
        return file is null ? null : Path.GetDirectoryName(Path.GetRelativePath(_root, file))!.Replace('\\', '/');
    }

    private bool IsOwn(string file) => file.StartsWith(_root, StringComparison.Ordinal)
        && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}");

    // One public type a file, named after it.
    private string? Search(TypeDefinition type) => Directory.EnumerateFiles(
        _root, type.Name.Split('`')[0] + ".cs", SearchOption.AllDirectories).FirstOrDefault(IsOwn);

    private IEnumerable<TypeDefinition> Used(TypeDefinition type)
    {
        var used = new List<TypeReference?> { type.BaseType };
        used.AddRange(type.Interfaces.Select(face => face.InterfaceType));
        used.AddRange(type.Fields.Select(field => field.FieldType));
        used.AddRange(type.Properties.Select(property => property.PropertyType));
        foreach (var method in type.Methods)
        {
            used.Add(method.ReturnType);
            used.AddRange(method.Parameters.Select(parameter => parameter.ParameterType));
            if (!method.HasBody)
                continue;
            used.AddRange(method.Body.Variables.Select(variable => variable.VariableType));
            foreach (var instruction in method.Body.Instructions)
                used.AddRange(Named(instruction.Operand));
        }
        return used.SelectMany(Parts).OfType<TypeDefinition>().Distinct();
    }

    private static IEnumerable<TypeReference?> Named(object? operand) => operand switch
    {
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        FieldReference field => [field.DeclaringType, field.FieldType],
        TypeReference type => [type],
        _ => [],
    };

    private IEnumerable<TypeDefinition?> Parts(TypeReference? type)
    {
        if (type is GenericInstanceType generic)
            foreach (var part in generic.GenericArguments.SelectMany(Parts))
                yield return part;
        if (type is TypeSpecification { ElementType: { } element })
            foreach (var part in Parts(element))
                yield return part;
        else if (type is not (null or GenericParameter) && type.Scope == _assembly.MainModule)
            yield return type.Resolve();
    }
}
