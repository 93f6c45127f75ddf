using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Isolation;

/// <summary>The whole bot with a container for its checkpoints, which comes later than the bot.</summary>
public sealed class CheckpointsInContainerTests : IDisposable
{
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");
    private readonly string folder = Directory.CreateTempSubdirectory("container-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_bot_signs_is_in_the_container_and_one_that_is_missing_is_told_and_stops_nothing()
    {
        var blobs = await BlobServer.TryStartAsync();
        Assert.SkipWhen(blobs is null, "npm ci failed in tests/support/azurite: Node 20 and the npm registry are needed.");
        await using var server = blobs;
        var address = $"{server.Endpoint}checkpoints";
        var contoso = TenantId.Parse("contoso");
        await using (var bot = await StartAsync(address))
        {
            await bot.SayAsync(Ana, "19:contoso@thread.tacv2", "link contoso");
            var status = bot.Services.GetRequiredService<CheckpointStatus>();
            await RunningBot.UntilAsync(() => status.Problems.ContainsKey("contoso container"), "the missing container is told");
            var signing = bot.Services.GetRequiredService<CheckpointsByTenant>().For(contoso);
            await RunningBot.UntilAsync(() => signing.Newest is { }, "it is signed all the same");
            using var ready = await bot.Http.GetAsync("readyz", Stop);
            ready.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await ready.Content.ReadFromJsonAsync<JsonObject>(Stop))!["checkpoints"]!["contoso container"]!.GetValue<string>()
                .ShouldBe($"{address} cannot be compared with the ledger: there is no such container; create it, with an immutability "
                    + "policy");
        }
        await server.MakeContainerAsync("checkpoints");
        await using (var bot = await StartAsync(address))
        {
            await bot.SayAsync(Ana, "19:contoso@thread.tacv2", "freeze contoso because of a test");
            var keeper = bot.Services.GetRequiredService<CheckpointsByTenant>().For(contoso);
            await RunningBot.UntilAsync(() => keeper.Newest is { } && keeper.Copies is [{ Problem: null }], "the newest is copied");
        }
        // A clean stop signs the end, and takes it there as well.
        var end = new CheckpointFiles(Path.Combine(folder, CheckpointFiles.FolderName)).Newest(contoso).ShouldNotBeNull();
        (await BlobServer.Open(address).NewestAsync(contoso, Stop)).ShouldNotBeNull().Signed.ToString().ShouldBe(end.ToString());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task<RunningBot> StartAsync(string address) => RunningBot.StartAsync(
        [
            ("Tenants:contoso:Name", "Contoso Ltd"), ("Access:Roles:contoso:administrator:0", Ana.ObjectId),
            ("Ledger:CheckpointContainer", address), ("Ledger:CheckpointContainerKey", BlobServer.Key),
        ],
        folder);
}
