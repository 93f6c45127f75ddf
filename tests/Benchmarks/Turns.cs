using System.Globalization;
using System.Text;
using DevOpsAI.Ledger;

namespace DevOpsAI.Benchmarks;

/// <summary>
/// Approve clicks, each on a proposal of its own, from the HTTP request to the answer with the decision durable, at 16 connections;
/// against a botbuilder bot that only answers with a card. Both under the same client, in turns, in one run.
/// </summary>
internal static class Turns
{
    private const int Connections = 16;
    private const int Rounds = 3;
    private static readonly (string, string)[] Json = [("Content-Type", "application/json")];

    public static async Task<IReadOnlyList<Finding>> RunAsync(int clicksPerRound)
    {
        var storage = Directory.CreateTempSubdirectory("bench-turns-").FullName;
        try
        {
            IReadOnlyList<string> seals;
            await using (var ledger = LocalLedger.Open(storage))
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
                new("turns per second, peer", peers.PerSecond, null),
                new("turns per second, bot (decision durable)", bots.PerSecond, null),
                new("turns: bot / peer", bots.PerSecond / peers.PerSecond, new(">=", 5)),
                new("p99 ms, peer", peers.P99, null),
                new("p99 ms, bot", bots.P99, null),
                new("p99: bot / peer", bots.P99 / peers.P99, new("<=", 1.0 / 3)),
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
