
namespace DevOpsAI.Tests.Structure;

public sealed class FolderOrderTests(ITestOutputHelper output)
{
    public static TheoryData<string> Parts => [.. FolderOrder.Parts.Keys];

    [Theory, MemberData(nameof(Parts))]
    public void A_folder_uses_only_those_that_stand_above_it(string part)
    {
        var matrix = new FolderMatrix(SourceTree.Product, part, FolderOrder.Parts[part]);

        output.WriteLine(
            $"{part}: how often the folder of the row mentions types of the column's\n{matrix}\nlargest circle: {matrix.LargestCircle}");

        matrix.Unordered.ShouldBeEmpty($"{nameof(FolderOrder)} does not say where these folders of {part} stand");
        matrix.Violations.ShouldBeEmpty();
        matrix.LargestCircle.ShouldBe(1);
    }

    [Fact]
    public void A_mention_of_what_stands_further_down_is_found()
    {
        var sources = new SourceTree(new Dictionary<string, string>
        {
            ["core/Ledger/Entry.cs"] = "namespace DevOpsAI.Ledger; public sealed record Entry { public Gates.Role? By { get; init; } }",
            ["core/Gates/Role.cs"] = "using DevOpsAI.Ledger; namespace DevOpsAI.Gates; public sealed record Role(Entry Entry);",
        });

        var matrix = new FolderMatrix(sources, "core", ["Ledger", "Gates"]);

        matrix.Violations.ShouldBe(["core/Ledger/Entry.cs uses Role of core/Gates/Role.cs (1 times)"]);
        matrix.LargestCircle.ShouldBe(2);
    }

    [Fact]
    public void A_name_in_a_text_or_a_comment_is_no_mention()
    {
        var sources = new SourceTree(new Dictionary<string, string>
        {
            ["core/Ledger/Entry.cs"] =
                "namespace DevOpsAI.Ledger; /* Role */ public sealed record Entry { public string Text => \"Role\"; }",
            ["core/Gates/Role.cs"] = "namespace DevOpsAI.Gates; public sealed record Role;",
        });

        new FolderMatrix(sources, "core", ["Ledger", "Gates"]).Violations.ShouldBeEmpty();
    }

    [Fact]
    public void Core_knows_no_vendor_and_no_Teams_and_connectors_know_no_bot()
    {
        string[] order = ["core", "connectors", "bot"];

        SourceTree.Product.References(static _ => true)
            .Where(one => Array.IndexOf(order, Part(one.To)) > Array.IndexOf(order, Part(one.From)))
            .ShouldBeEmpty();

        static string Part(string file) => file[..file.IndexOf('/', StringComparison.Ordinal)];
    }
}
