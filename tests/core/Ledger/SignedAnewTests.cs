using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger;

/// <summary>Whoever has stolen the key can sign what he likes. What the bot would never have written shows all the same.</summary>
public sealed class SignedAnewTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly ManualClock clock = new();
    private readonly LedgerFolder folder;

    public SignedAnewTests() => folder = new(clock);

    [Fact]
    public async Task The_forger_of_these_tests_leaves_a_ledger_that_fits()
    {
        await WriteAsync();
        ForgedLedger.Rewrite(folder, "contoso", static rows => rows);
        Verify().First.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"correlation\":\"c0ffee\"", "\"correlation\": \"c0ffee\"")]
    [InlineData("\"correlation\":\"c0ffee\"", "\"correlation\":\"c0ff\\u0065e\"")]
    [InlineData("\"v\":1,\"version\":1", "\"version\":1,\"v\":1")]
    [InlineData("\"status\":\"firing\"", "\"status\":\"firing\" ")]
    [InlineData("\"status\":\"firing\"", "\"status\":\"firing\",\"status\":\"firing\"")]
    [InlineData("\"status\":\"firing\"", "\"a\":1,\"status\":\"firing\"")]
    [InlineData("\"status\":\"firing\"", "\"status\":\"firing\",\"sum\":1.0")]
    [InlineData("\"status\":\"firing\"", "\"status\":\"firing\",\"sum\":1E2")]
    [InlineData("\"status\":\"firing\"", "\"status\":\"firing\",\"sum\":-0")]
    public async Task Bytes_that_the_bot_would_not_write_are_found_although_everything_fits(string was, string becomes)
    {
        await WriteAsync();
        ForgedLedger.Rewrite(folder, "contoso",
            rows => rows.Select((row, index) => index == 1 ? row with { Body = Replaced(row.Body, was, becomes) } : row));
        var first = Verify().First.ShouldNotBeNull();
        first.Seq.ShouldBe(2);
        first.What.ShouldMatch("canonical JSON|cannot be read");
    }

    [Theory]
    [InlineData("\"status\":\"firing\"", "\"status\":\"firing\",\"sum\":-1.5")]
    [InlineData("\"status\":\"firing\"", "\"status\":\"firing\",\"sum\":[{},[],null,true,1e+30,\"\\u0001ä\"]")]
    public async Task Canonical_bytes_that_say_more_than_this_version_knows_are_no_finding(string was, string becomes)
    {
        await WriteAsync();
        ForgedLedger.Rewrite(folder, "contoso",
            rows => rows.Select((row, index) => index == 1 ? row with { Body = Replaced(row.Body, was, becomes) } : row));
        Verify().First.ShouldBeNull();
    }

    [Theory]
    [InlineData("event/E-1", 2, "the event stands in the ledger already: this is version 2 of its stream")]
    [InlineData("event/E-9", 1, "stands on a stream that is not the event's own")]
    [InlineData("incident/CON-1", 1, "stands on a stream that is not the event's own")]
    public async Task An_event_put_in_once_more_is_found(string stream, long version, string what)
    {
        await WriteAsync();
        ForgedLedger.Rewrite(folder, "contoso", rows =>
        {
            var again = JsonNode.Parse(rows[0].Body)!;
            (again["seq"], again["stream"], again["version"], again["at"]) =
                (rows.Count + 1, stream, version, JsonNode.Parse(rows[^1].Body)!["at"]!.GetValue<string>());
            return rows.Append(new(stream, version, Jcs.Canonicalize(Encoding.UTF8.GetBytes(again.ToJsonString())), rows[0].Sealed));
        });
        var first = Verify().First.ShouldNotBeNull();
        first.Seq.ShouldBe(4);
        first.What.ShouldContain(what);
    }

    [Fact]
    public async Task Entries_taken_away_with_head_and_kept_head_are_missed_by_the_cursors_of_subscriptions()
    {
        await WriteAsync();
        folder.Open();
        await folder.Ledger.SaveAsync([new("cards", Contoso, 3)], CancellationToken.None);
        folder.Close();
        ForgedLedger.Rewrite(folder, "contoso", static rows => rows.Take(2));
        Verify().First.ShouldNotBeNull().ToString()
            .ShouldBe("entry 3: it is missing: the ledger ends at entry 2, but work on its entries had come to entry 3");
        ForgedLedger.Rewrite(folder, "contoso", static _ => []);
        Verify().First.ShouldNotBeNull().Seq.ShouldBe(1);
    }

    public void Dispose() => folder.Dispose();

    private async Task WriteAsync()
    {
        folder.Open();
        for (var n = 1; n <= 3; n++)
        {
            var received = new EventReceived(
                $"E-{n}", "c", $"{n}", EventStatus.Firing, Severity.Error, "k", "SRV", "t", null, "a", "k", "c", clock.GetUtcNow(), false,
                new Dictionary<string, string>());
            await folder.Ledger.AppendAsync(
                Contoso, [], [new(StreamId.Event($"E-{n}"), Actor.Connection("c"), CorrelationId.Parse("c0ffee"), received)],
                CancellationToken.None);
        }
        folder.Close();
    }

    private static byte[] Replaced(byte[] body, string was, string becomes)
    {
        var text = Encoding.UTF8.GetString(body);
        text.ShouldContain(was);
        return Encoding.UTF8.GetBytes(text.Replace(was, becomes, StringComparison.Ordinal));
    }

    private TenantVerification Verify() =>
        LedgerVerifier.VerifyFile(folder.File, Contoso, CancellationToken.None).ShouldNotBeNull().ShouldHaveSingleItem();
}
