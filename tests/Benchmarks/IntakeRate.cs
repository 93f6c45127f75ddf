using System.Globalization;
using System.Text;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Benchmarks;

/// <summary>
/// Durable event intake: one new CloudEvent per request, 16 connections, against the same peer answering the same number of turns. Both
/// check who sends.
/// </summary>
internal sealed class IntakeRate : IBenchmark
{
    private const int Connections = 16;
    private const int Rounds = 5;
    private static readonly (string, string)[] Json = [("Content-Type", "application/json")];
    private static readonly (string, string)[] Event = [("Content-Type", "application/cloudevents+json"),
        ("Authorization", "Bearer cloudevents-contoso-dev")];

    public string Verb => "intake";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var eventsPerRound = quick ? 2_000 : 10_000;
        var storage = Directory.CreateTempSubdirectory("bench-intake-").FullName;
        try
        {
            await using var teams = await FakeTeams.StartAsync();
            using var peer = await Server.StartPeerAsync(Turns.PeerSignIn(teams));
            using var bot = await Server.StartBotAsync(storage, new Dictionary<string, string> { ["LocalTeams__Enabled"] = "false" });
            var turn = PeerTurn(teams.ServiceUrl);
            var next = 0;
            var run = Guid.NewGuid();
            var result = await SideBySide.RunAsync(bot, peer, Rounds, isBot => isBot
                ? LoadClient.RunAsync(bot.Port, "/api/events/contoso-cloudevents", Event, Connections, eventsPerRound,
                    _ => Body(run, Interlocked.Increment(ref next)), IsNew)
                : LoadClient.RunAsync(peer.Port, "/api/messages", [.. Json, ("Authorization", Turns.GetToken(teams))], Connections,
                    eventsPerRound, _ => turn));
            return
            [
                new("durable events per second, bot / peer", result.Rate, "x", 4, new Dictionary<string, double>
                {
                    ["bot, durable events/s"] = result.Bot.Load.PerSecond,
                    ["peer, turns/s"] = result.Peer.Load.PerSecond,
                    ["bot, p99 ms"] = result.Bot.Load.P99,
                    ["peer, p99 ms"] = result.Peer.Load.P99,
                    ["bot, processor time per event, us"] = result.Bot.CpuMicroseconds,
                    ["peer, processor time per turn, us"] = result.Peer.CpuMicroseconds,
                }),
            ];
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private static bool IsNew(ReadOnlySpan<byte> result) => result.IndexOf("\"duplicate\":false"u8) >= 0;

    public static byte[] PeerTurn(string serviceUrl) => Encoding.UTF8.GetBytes(
        $$"""{"type":"invoke","id":"f:1","name":"adaptiveCard/action","from":{"id":"29:1"},"serviceUrl":"{{serviceUrl}}","conversation":{"id":"a:1"},"""
        + """ "recipient":{"id":"28:1"},"channelId":"msteams","value":{"action":{"type":"Action.Execute","verb":"approve","data":{}}}}""");

    private static byte[] Body(Guid run, int n) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
        {"specversion":"1.0","id":"{{{run:N}}}-{{{n}}}","source":"https://bench.example.test","type":"bench.disk.low","time":"2026-11-21T01:54:22.665Z","datacontenttype":"application/json","data":{"alertname":"DiskSpaceLow","severity":"warning","host":"srv-{{{n % 50}}}","title":"Disk almost full"}}
        """));
}
