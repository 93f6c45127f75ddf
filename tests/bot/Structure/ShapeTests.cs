using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DevOpsAI.Tests.Structure;

/// <summary>What keeps the code readable in one go. Each test prints the ten worst.</summary>
public sealed class ShapeTests(ITestOutputHelper output)
{
    [Fact]
    public void No_file_has_more_than_350_lines() => AtMost(350, "lines", SourceTree.Product.Files.Select(static file => (
        file.GetText().Lines.Count - 1, file.FilePath)));

    [Fact]
    public void No_line_has_more_than_140_columns() => AtMost(140, "columns", SourceTree.Product.Files
        .SelectMany(static file => file.GetText().Lines.Select(line => (line.Span.Length, $"{file.FilePath}:{line.LineNumber + 1}"))));

    /// <summary>Of classes and structs. A record's members are the data that it is, and are named where it is made.</summary>
    [Fact]
    public void No_constructor_has_more_than_8_parameters() => AtMost(
        8, "parameters",
        from file in SourceTree.Product.Files
        from type in file.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type is not RecordDeclarationSyntax
        from list in type.Members.OfType<ConstructorDeclarationSyntax>().Select(static one => one.ParameterList).Append(type.ParameterList)
        where list is not null
        select (list.Parameters.Count, $"{type.Identifier.Text} in {file.FilePath}"));

    [Fact]
    public void No_conditional_stands_in_another() => AtMost(0, "conditionals around it", SourceTree.Product.Files
        .SelectMany(static file => file.GetRoot().DescendantNodes().OfType<ConditionalExpressionSyntax>())
        .Select(static inner =>
            (Around(inner), $"{inner.SyntaxTree.FilePath}:{inner.GetLocation().GetLineSpan().StartLinePosition.Line + 1}")));

    /// <summary>A function or an interpolated text inside a conditional begins a reading of its own.</summary>
    private static int Around(ConditionalExpressionSyntax inner) => inner.Ancestors()
        .TakeWhile(static node =>
            node is ExpressionSyntax and not AnonymousFunctionExpressionSyntax and not InterpolatedStringExpressionSyntax)
        .OfType<ConditionalExpressionSyntax>()
        .Count();

    private void AtMost(int limit, string what, IEnumerable<(int Count, string Where)> found)
    {
        var worst = found.OrderByDescending(static one => one.Count).Take(10).ToList();
        foreach (var (count, where) in worst)
            output.WriteLine($"{count} {what}: {where}");
        worst.Where(one => one.Count > limit).ShouldBeEmpty($"at most {limit} {what}");
    }
}
