using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger.Cosmos;

namespace DevOpsAI.Tests.Ledger.Cosmos;

public sealed class CommitTests
{
    [Theory]
    [InlineData("stream", "null")]
    [InlineData("body", "null")]
    [InlineData("body", "7")]
    [InlineData("leaf", "null")]
    [InlineData("leaf", "\"no base!\"")]
    [InlineData("version", "\"one\"")]
    [InlineData("sealed", "null")]
    public void Whatever_somebody_wrote_into_a_document_is_told_as_what_is_wrong_with_it(string member, string value)
    {
        var members = new Dictionary<string, string>
            { ["stream"] = "\"access\"", ["version"] = "1", ["leaf"] = "\"AAAA\"", ["body"] = "\"{}\"" };
        Commit.Read(Document(members)).Lines.ShouldHaveSingleItem();
        members[member] = value;
        Should.Throw<JsonException>(() => Commit.Read(Document(members)));
    }

    private static byte[] Document(Dictionary<string, string> members) => Encoding.UTF8.GetBytes(
        $$"""{"id":"0000000000000001","tenant":"contoso","v":1,"commit":"0","entries":[{{{string.Join(',', members.Select(static member => $"\"{member.Key}\":{member.Value}"))}}}]}""");
}
