using DevOpsAI.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DevOpsAI.Tests.Structure;

/// <summary>Source files as the compiler sees them, each name bound to the type that it means.</summary>
internal sealed class SourceTree
{
    /// <summary>What the SDK imports into every file of a web project.</summary>
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Net.Http.Json; global using System.Threading; global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Preview);
    private static readonly Lazy<SourceTree> OfProduct = new(static () => new(ReadProduct()));
    private readonly CSharpCompilation compilation;

    /// <param name="files">Text of each file by its path from the repository's root, as in <c>core/Ledger/ILedger.cs</c>.</param>
    public SourceTree(IEnumerable<KeyValuePair<string, string>> files)
    {
        Files = [.. files.Select(static file => CSharpSyntaxTree.ParseText(SourceText.From(file.Value), Parsing, file.Key))];
        compilation = CSharpCompilation.Create(
            "structure",
            [.. Files, CSharpSyntaxTree.ParseText(ImplicitUsings, Parsing)],
            Assemblies(),
            new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    /// <summary>Everything in <c>core</c>, <c>connectors</c> and <c>bot</c>.</summary>
    public static SourceTree Product => OfProduct.Value;

    public IReadOnlyList<SyntaxTree> Files { get; }

    /// <summary>
    /// Every mention of a type of another file: the file that mentions it, the file that declares it, and the type's name.
    /// </summary>
    public IEnumerable<(string From, string To, string Type)> References(Func<string, bool> isWanted)
    {
        foreach (var file in Files.Where(file => isWanted(file.FilePath)))
        {
            var model = compilation.GetSemanticModel(file);
            foreach (var name in file.GetRoot().DescendantNodes(static node => node is not UsingDirectiveSyntax).OfType<SimpleNameSyntax>())
            {
                var found = model.GetSymbolInfo(name);
                if (TypeFor(found.Symbol ?? found.CandidateSymbols.FirstOrDefault()) is { } type && GetPath(type) is { } declared
                    && declared != file.FilePath)
                    yield return (file.FilePath, declared, type.Name);
            }
        }
    }

    private static INamedTypeSymbol? TypeFor(ISymbol? symbol)
    {
        var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
        while (type?.ContainingType is { } outer)
            type = outer;
        return type;
    }

    private static string? GetPath(INamedTypeSymbol type) =>
        type.Locations.FirstOrDefault(static place => place.IsInSource)?.SourceTree?.FilePath;

    private static IEnumerable<MetadataReference> Assemblies() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(static path => !Path.GetFileName(path).StartsWith("DevOpsAI.", StringComparison.Ordinal))
        .Select(static path => MetadataReference.CreateFromFile(path));

    private static IEnumerable<KeyValuePair<string, string>> ReadProduct()
    {
        var root = Repository.Root;
        return from part in new[] { "core", "connectors", "bot" }
               from path in Directory.EnumerateFiles(Path.Combine(root, part), "*.cs", SearchOption.AllDirectories)
               let file = Path.GetRelativePath(root, path).Replace('\\', '/')
               where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
               orderby file
               select KeyValuePair.Create(file, File.ReadAllText(path));
    }
}
