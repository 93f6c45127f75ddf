using System.Globalization;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Benchmarks;

/// <summary>
/// Approve clicks, each on a proposal of its own, from the HTTP request to the answer with the decision durable, at 16 connections;
/// against bots that only answer with a card, one on npm botbuilder and one on the .NET Bot Framework. All under the same client, in turns,
/// in one run. Twice: signed in, as behind Teams, where each request carries the Bot Connector's token and all check it; and in local mode,
/// where none does, without a bar.
/// </summary>
internal sealed class Turns : IBenchmark
{
    private const int Connections = 16;
    private const int Rounds = 5;
    private const string AppId = "22222222-2222-4222-8222-222222222222";
    private const string Approver = "99999999-0000-4000-8000-000000000001";

    public string Verb => "turns";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var clicksPerRound = quick ? 2_000 : 10_000;
        await using var teams = await FakeTeams.StartAsync();
        return
        [
            .. await CompareAsync("signed in", clicksPerRound, teams.ServiceUrl,
                GetToken(teams), PeerSignIn(teams),
                new()
                {
                    ["Teams__AppId"] = AppId,
                    ["Teams__TenantId"] = Seeding.DirectoryTenant,
                    ["Teams__ClientSecret"] = "never-used",
                    ["Teams__MetadataUrl"] = teams.MetadataUrl.ToString(),
                    ["Teams__TrustedServiceUrls__0"] = teams.ServiceUrl,
                    ["Access__Roles__contoso__approver__0"] = Approver,
                    ["Access__Roles__contoso__administrator__0"] = Seeding.DirectoryTenant,
                    ["Connections__contoso-sandbox__Connector"] = "cloudevents",
                    ["Connections__contoso-sandbox__Settings__Bearer"] = "never-used-secret",
                    ["Connections__contoso-sandbox__Settings__Token"] = "",
                    ["Connections__contoso-alertmanager__Settings__Bearer"] = "never-used-secret",
                    ["Connections__contoso-cloudevents__Settings__Bearer"] = "never-used-secret",
                }),
            .. await CompareAsync("local mode", clicksPerRound, "http://127.0.0.1:9/bench", null, [],
                new() { ["LocalTeams__Enabled"] = "false" }),
        ];
    }

    /// <summary>What a peer needs to check tokens.</summary>
    public static string[] PeerSignIn(FakeTeams teams) => [AppId, teams.MetadataUrl.ToString(), TokenIssuer.Issuer];

    /// <summary>The header that the Bot Connector sends with every request of an hour.</summary>
    public static string GetToken(FakeTeams teams) =>
        $"Bearer {teams.Issuer.Token(AppId, teams.ServiceUrl, TimeProvider.System.GetUtcNow())}";

    /// <summary>A bot to compare with, and what is asked for signed in.</summary>
    /// <param name="Rate">So many times its turns.</param>
    /// <param name="P99">So many times shorter a p99.</param>
    private sealed record Peer(string Name, Func<string[], Task<Server>> StartAsync, double Rate, double P99);

    private static readonly Peer[] Peers =
    [
        new("npm peer", Server.StartPeerAsync, 4, 3),
        new(".NET peer", Server.StartDotNetPeerAsync, 1.5, 1.5),
    ];

    private static async Task<IReadOnlyList<Measured>> CompareAsync(
        string mode, int clicksPerRound, string serviceUrl, string? authorization, string[] peerSignIn, Dictionary<string, string> settings)
    {
        var storage = Directory.CreateTempSubdirectory("bench-turns-").FullName;
        try
        {
            (string, string) json = ("Content-Type", "application/json");
            (string, string)[] toPeer = authorization is null ? [json] : [json, ("Authorization", authorization)];
            var digests = await SeedAsync(storage, clicksPerRound * (Rounds + SideBySide.WarmUps));
            using var npm = await Peers[0].StartAsync(peerSignIn);
            using var dotnet = await Peers[1].StartAsync(peerSignIn);
            using var bot = await Server.StartBotAsync(storage, settings);
            await bot.SettledAsync();
            (string, string)[] toBot = [json, ("Authorization", authorization ?? $"Bearer {Server.GetLocalToken(storage)}")];
            var next = -1;
            byte[] Click(int _)
            {
                var at = Interlocked.Increment(ref next);
                return Body(at, digests[at], serviceUrl);
            }

            var results = await SideBySide.RunAsync(bot, [npm, dotnet], Rounds, (isBot, port) => isBot
                ? LoadClient.RunAsync(port, "/api/messages", toBot, Connections, clicksPerRound, Click, IsRecorded)
                : LoadClient.RunAsync(port, "/api/messages", toPeer, Connections, clicksPerRound, n => Body(n, digests[0], serviceUrl)));
            return [.. Peers.Zip(results).SelectMany(one => Compared(one.First, one.Second, mode, hasBar: authorization is not null))];
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private static IEnumerable<Measured> Compared(Peer peer, SideBySide result, string mode, bool hasBar)
    {
        Dictionary<string, double> rates = new()
        {
            ["bot, turns/s with the decision durable"] = result.Bot.Load.PerSecond,
            [$"{peer.Name}, turns/s"] = result.Peer.Load.PerSecond,
            ["bot, processor time per turn, us"] = result.Bot.CpuMicroseconds,
            [$"{peer.Name}, processor time per turn, us"] = result.Peer.CpuMicroseconds,
        };
        Dictionary<string, double> latencies = new()
        {
            ["bot, p99 ms"] = result.Bot.Load.P99,
            ["bot, median ms"] = result.Bot.Load.P50,
            [$"{peer.Name}, p99 ms"] = result.Peer.Load.P99,
            [$"{peer.Name}, median ms"] = result.Peer.Load.P50,
        };
        return
        [
            new($"approve turns per second, bot / {peer.Name}, {mode}", result.Rate, "x", hasBar ? peer.Rate : null, rates),
            new($"p99 of an approve turn, {peer.Name} / bot, {mode}", result.P99, "x", hasBar ? peer.P99 : null, latencies),
        ];
    }

    private static async Task<IReadOnlyList<string>> SeedAsync(string storage, int proposals)
    {
        using var metrics = new LedgerMetrics();
        using var keyRing = new LocalKeyRing(storage);
        using var ledger = new SqliteLedger(
            storage, CoreFeatures.Catalog, keyRing.Keys, TimeProvider.System, metrics, NullLogger<SqliteLedger>.Instance);
        return await Seeding.WaitingProposalsAsync(ledger, proposals, approvals: 2, TimeProvider.System.GetUtcNow());
    }

    /// <summary>The answer is the card, and it says that this approval counts.</summary>
    private static bool IsRecorded(ReadOnlySpan<byte> result) => result.IndexOf("it needs 1 more approval"u8) >= 0;

    private static byte[] Body(int n, string planDigest, string serviceUrl) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
        {"type":"invoke","id":"f:{{{n}}}","name":"adaptiveCard/action","channelId":"msteams","timestamp":"2026-11-21T01:50:09.703Z","serviceUrl":"{{{serviceUrl}}}",
        "from":{"id":"29:1bench","name":"Bench Approver","aadObjectId":"{{{Approver}}}"},"recipient":{"id":"28:bot","name":"DevOps AI Bot"},"locale":"en-US",
        "conversation":{"isGroup":true,"conversationType":"channel","tenantId":"{{{Seeding.DirectoryTenant}}}","id":"{{{Seeding.Conversation}}};messageid={{{n}}}"},"replyToId":"{{{n}}}",
        "channelData":{"source":{"name":"message"},"tenant":{"id":"{{{Seeding.DirectoryTenant}}}"},"team":{"id":"19:benchteam@thread.tacv2"},"channel":{"id":"{{{Seeding.Conversation}}}"}},
        "value":{"action":{"type":"Action.Execute","title":"Approve","verb":"approve","data":{"incident":"{{{Seeding.IncidentId(n)}}}","tenant":"contoso","seal":"{{{planDigest}}}"}},"trigger":"manual"}}
        """));
}
