using System.Globalization;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Benchmarks;

/// <summary>
/// Approve clicks, each on a proposal of its own, from the HTTP request to the answer with the decision durable, at 16 connections;
/// against a botbuilder bot that only answers with a card. Both under the same client, in turns, in one run.
/// </summary>
internal sealed class Turns : IBenchmark
{
    private const int Connections = 16;
    private const int Rounds = 3;
    private static readonly (string, string)[] Json = [("Content-Type", "application/json")];

    public string Verb => "turns";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var clicksPerRound = quick ? 2_000 : 20_000;
        var storage = Directory.CreateTempSubdirectory("bench-turns-").FullName;
        try
        {
            IReadOnlyList<string> seals;
            using (var metrics = new LedgerMetrics())
            using (var ledger = new SqliteLedger(storage, TimeProvider.System, metrics, NullLogger<SqliteLedger>.Instance))
                seals = await Seeding.WaitingProposalsAsync(ledger, clicksPerRound * (Rounds + 1), approvals: 2, TimeProvider.System.GetUtcNow());

            using var peer = await Server.StartPeerAsync();
            using var bot = await Server.StartBotAsync(storage, new Dictionary<string, string> { ["LocalTeams__Enabled"] = "false" });
            var next = 0;
            byte[] Click(int n)
            {
                var at = Interlocked.Increment(ref next) - 1;
                return Body(at, seals[at]);
            }
            bool Decided(string answer) => answer.Contains("card.adaptive", StringComparison.Ordinal) && !answer.Contains("\"statusCode\":4", StringComparison.Ordinal);

            await LoadClient.RunAsync(peer.Port, "/api/messages", Json, Connections, clicksPerRound, n => Body(n, seals[0]));
            var warm = await LoadClient.RunAsync(bot.Port, "/api/messages", Json, Connections, clicksPerRound, Click, Decided);
            if (warm.NotOk > 0)
                throw new InvalidOperationException($"{warm.NotOk} clicks were not decided: {warm.FirstFailure}");
            var ours = new List<LoadResult>();
            var theirs = new List<LoadResult>();
            for (var round = 0; round < Rounds; round++)
            {
                theirs.Add(await LoadClient.RunAsync(peer.Port, "/api/messages", Json, Connections, clicksPerRound, n => Body(n, seals[0])));
                ours.Add(await LoadClient.RunAsync(bot.Port, "/api/messages", Json, Connections, clicksPerRound, Click, Decided));
            }
            if (ours.Sum(round => round.NotOk) is var notOk and > 0)
                throw new InvalidOperationException($"{notOk} clicks were not decided: {ours.First(round => round.FirstFailure is not null).FirstFailure}");
            var (bots, peers) = (Median(ours), Median(theirs));
            return
            [
                new("approve turns per second, bot / peer", bots.PerSecond / peers.PerSecond, "x", 5, new Dictionary<string, double>
                {
                    ["bot, turns/s with the decision durable"] = bots.PerSecond,
                    ["peer, turns/s"] = peers.PerSecond,
                }),
                new("p99 of an approve turn, peer / bot", peers.P99 / bots.P99, "x", 3, new Dictionary<string, double>
                {
                    ["bot, p99 ms"] = bots.P99,
                    ["bot, median ms"] = bots.P50,
                    ["peer, p99 ms"] = peers.P99,
                    ["peer, median ms"] = peers.P50,
                }),
            ];
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    internal static LoadResult Median(List<LoadResult> rounds) => rounds.OrderBy(round => round.PerSecond).ElementAt(rounds.Count / 2);

    private static byte[] Body(int n, string seal) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
        {"type":"invoke","id":"f:{{{n}}}","name":"adaptiveCard/action","channelId":"msteams","timestamp":"2026-11-21T01:50:09.703Z","serviceUrl":"http://127.0.0.1:9/bench",
        "from":{"id":"29:1bench","name":"Bench Approver","aadObjectId":"99999999-0000-4000-8000-000000000001"},"recipient":{"id":"28:bot","name":"DevOps AI Bot"},"locale":"en-US",
        "conversation":{"isGroup":true,"conversationType":"channel","tenantId":"{{{Seeding.DirectoryTenant}}}","id":"{{{Seeding.Conversation}}};messageid={{{n}}}"},"replyToId":"{{{n}}}",
        "channelData":{"source":{"name":"message"},"tenant":{"id":"{{{Seeding.DirectoryTenant}}}"},"team":{"id":"19:benchteam@thread.tacv2"},"channel":{"id":"{{{Seeding.Conversation}}}"}},
        "value":{"action":{"type":"Action.Execute","title":"Approve","verb":"approve","data":{"incident":"{{{Seeding.IncidentId(n)}}}","tenant":"contoso","seal":"{{{seal}}}"}},"trigger":"manual"}}
        """));
}
