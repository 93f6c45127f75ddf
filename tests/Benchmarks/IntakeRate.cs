using System.Globalization;
using System.Text;

namespace DevOpsAI.Benchmarks;

/// <summary>Durable event intake: one new CloudEvent per request, 16 connections, against the same peer answering the same number of turns.</summary>
internal sealed class IntakeRate : IBenchmark
{
    private const int Connections = 16;
    private const int Rounds = 3;
    private static readonly (string, string)[] Json = [("Content-Type", "application/json")];
    private static readonly (string, string)[] Event = [("Content-Type", "application/cloudevents+json"), ("Authorization", "Bearer cloudevents-contoso-dev")];

    public string Verb => "intake";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var eventsPerRound = quick ? 2_000 : 20_000;
        var storage = Directory.CreateTempSubdirectory("bench-intake-").FullName;
        try
        {
            using var peer = await Server.StartPeerAsync();
            using var bot = await Server.StartBotAsync(storage, new Dictionary<string, string> { ["LocalTeams__Enabled"] = "false" });
            var next = 0;
            var run = Guid.NewGuid();
            byte[] NewEvent(int _) => Body(run, Interlocked.Increment(ref next));
            static bool IsNew(string answer) => answer.Contains("\"duplicate\":false", StringComparison.Ordinal);
            var turn = Encoding.UTF8.GetBytes("""{"type":"invoke","id":"f:1","name":"adaptiveCard/action","from":{"id":"29:1"},"serviceUrl":"http://127.0.0.1:9","conversation":{"id":"a:1"},"recipient":{"id":"28:1"},"channelId":"msteams","value":{"action":{"type":"Action.Execute","verb":"approve","data":{}}}}""");

            await LoadClient.RunAsync(peer.Port, "/api/messages", Json, Connections, eventsPerRound, _ => turn);
            var warm = await LoadClient.RunAsync(bot.Port, "/api/events/contoso-cloudevents", Event, Connections, eventsPerRound, NewEvent, IsNew);
            if (warm.NotOk > 0)
                throw new InvalidOperationException($"{warm.NotOk} events were not taken: {warm.FirstFailure}");
            var ours = new List<LoadResult>();
            var theirs = new List<LoadResult>();
            for (var round = 0; round < Rounds; round++)
            {
                theirs.Add(await LoadClient.RunAsync(peer.Port, "/api/messages", Json, Connections, eventsPerRound, _ => turn));
                ours.Add(await LoadClient.RunAsync(bot.Port, "/api/events/contoso-cloudevents", Event, Connections, eventsPerRound, NewEvent, IsNew));
            }
            if (ours.Sum(round => round.NotOk) is var notOk and > 0)
                throw new InvalidOperationException($"{notOk} events were not taken: {ours.First(round => round.FirstFailure is not null).FirstFailure}");
            var (bots, peers) = (Turns.Median(ours), Turns.Median(theirs));
            return
            [
                new("durable events per second, bot / peer", bots.PerSecond / peers.PerSecond, "x", 5, new Dictionary<string, double>
                {
                    ["bot, durable events/s"] = bots.PerSecond,
                    ["bot, p99 ms"] = bots.P99,
                    ["peer, turns/s"] = peers.PerSecond,
                }),
            ];
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private static byte[] Body(Guid run, int n) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
        {"specversion":"1.0","id":"{{{run:N}}}-{{{n}}}","source":"https://bench.example.test","type":"bench.disk.low","time":"2026-11-21T01:54:22.665Z","datacontenttype":"application/json","data":{"alertname":"DiskSpaceLow","severity":"warning","host":"srv-{{{n % 50}}}","title":"Disk almost full"}}
        """));
}
