using System.Globalization;
using System.Threading.Channels;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Benchmarks;

/// <summary>
/// What the machine leaves for a bot: a server that stores a row as durably as a decision is stored and answers as many bytes as a card
/// has, against the same peer. It reads no activity, checks nobody, decides, encrypts and hashes nothing and has no card to build. Where
/// even this misses the bar of <c>turns</c>, no bot that keeps a record meets it.
/// </summary>
internal sealed class Floor : IBenchmark
{
    public const string ServeArgument = "--serve-floor";

    private const int Connections = 16;
    private const int Rounds = 5;

    /// <summary>Bytes of a card for an approver, and of the parts of a stored decision.</summary>
    private const int AnswerSize = 7_900;
    private const int BodySize = 595;
    private const int SealedSize = 84;
    private const int LeafSize = 32;

    public string Verb => "floor";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var perRound = quick ? 2_000 : 10_000;
        await using var teams = await FakeTeams.StartAsync();
        return
        [
            await CompareAsync("signed in", perRound, Turns.PeerSignIn(teams),
                [("Content-Type", "application/json"), ("Authorization", Turns.GetToken(teams))], teams.ServiceUrl),
            await CompareAsync("local mode", perRound, [], [("Content-Type", "application/json")], teams.ServiceUrl),
        ];
    }

    /// <summary>The server, in a process of its own.</summary>
    public static async Task ServeAsync(int port, string folder)
    {
        var rows = Channel.CreateUnbounded<TaskCompletionSource>(new() { SingleReader = true });
        var storing = Task.Run(() => StoreAsync(rows.Reader, Path.Combine(folder, LedgerFile.Name)));
        var result = new byte[AnswerSize];
        result.AsSpan().Fill((byte)' ');
        "{}"u8.CopyTo(result);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        app.MapGet("/readyz", () => Results.Json(new { status = "ready", behind = 0 }));
        app.MapPost("/api/messages", async http =>
        {
            await http.Request.BodyReader.CopyToAsync(Stream.Null);
            var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            rows.Writer.TryWrite(stored);
            await stored.Task;
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = result.Length;
            await http.Response.BodyWriter.WriteAsync(result);
        });
        // Storing ends only when it fails; nobody would be answered then.
        await await Task.WhenAny(app.RunAsync(), storing);
    }

    /// <summary>One writer, one transaction for all that wait, as the ledger does.</summary>
    private static async Task StoreAsync(ChannelReader<TaskCompletionSource> rows, string path)
    {
        using var database = LedgerFile.OpenToWrite(path);
        var begin = database.Prepare("BEGIN IMMEDIATE");
        var commit = database.Prepare("COMMIT");
        var insert =
            database.Prepare("INSERT INTO entries(tenant, seq, stream, version, leaf, body, sealed) VALUES('contoso', ?, ?, 1, ?, ?, ?)");
        var (leaf, body, kept) = (new byte[LeafSize], new byte[BodySize], new byte[SealedSize]);
        var batch = new List<TaskCompletionSource>();
        for (var seq = 0L; await rows.WaitToReadAsync(); batch.Clear())
        {
            while (rows.TryRead(out var waiting))
                batch.Add(waiting);
            begin.Run();
            foreach (var _ in batch)
                insert.Bind(1, ++seq).Bind(2, string.Create(CultureInfo.InvariantCulture, $"proposal/CON-{seq}")).Bind(3, leaf)
                    .Bind(4, body).Bind(5, kept).Run();
            commit.Run();
            foreach (var stored in batch)
                stored.SetResult();
        }
    }

    private static async Task<Measured> CompareAsync(
        string mode, int perRound, string[] peerSignIn, (string, string)[] headers, string serviceUrl)
    {
        var storage = Directory.CreateTempSubdirectory("bench-floor-").FullName;
        try
        {
            using var peer = await Server.StartPeerAsync(peerSignIn);
            using var floor = await Server.StartFloorAsync(storage);
            var turn = IntakeRate.PeerTurn(serviceUrl);
            var result = await SideBySide.RunAsync(floor, peer, Rounds, isFloor => LoadClient.RunAsync(
                isFloor ? floor.Port : peer.Port, "/api/messages", headers, Connections, perRound, _ => turn));
            return new($"a durable row and nothing else, floor / peer, {mode}", result.Rate, "x", 4, new Dictionary<string, double>
            {
                ["floor, answers/s with the row durable"] = result.Bot.Load.PerSecond,
                ["peer, turns/s"] = result.Peer.Load.PerSecond,
                ["floor, processor time per answer, us"] = result.Bot.CpuMicroseconds,
                ["peer, processor time per turn, us"] = result.Peer.CpuMicroseconds,
            });
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }
}
