using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Isolation;

/// <summary>Whoever one instance erases, the others forget while they run.</summary>
public sealed class ErasedElsewhereTests : IDisposable
{
    private const string Channel = "19:contoso@thread.tacv2";
    private const string Canary = "CanaryJolanda";
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");
    private static readonly Someone Ben = new("11111111-0000-4000-8000-000000000002", "Ben");
    private static readonly Someone Jo = new("11111111-0000-4000-8000-00000000000a", Canary);
    private readonly string folder = Directory.CreateTempSubdirectory("erased-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_erased_person_is_in_no_instances_memory_within_seconds_and_not_written_back()
    {
        var cosmos = await CosmosServer.TryStartAsync();
        Assert.SkipWhen(cosmos is null, "npm ci failed in tests/support/cosmos: Node 20 and the npm registry are needed.");
        await using var server = cosmos;
        var settings = Settings(server, CosmosServer.NewDatabase());
        await using var one = await RunningBot.StartAsync(settings, Path.Combine(folder, "1"));
        await using var two = await RunningBot.StartAsync(settings, Path.Combine(folder, "2"));
        RunningBot[] both = [one, two];
        await one.SayAsync(Ana, Channel, "link contoso");
        foreach (var bot in both)
        {
            await bot.SayAsync(Jo, Channel, "whoami");
            await bot.SayAsync(Jo, Channel, $"freeze contoso because {Canary} says so");
            GetPeople(bot).ShouldContain(Canary);
            (await GetState(bot)).Freeze.ShouldNotBeNull().ToString().ShouldContain(Canary);
        }

        await one.SayAsync(Ana, Channel, $"erase {Jo.ObjectId} contoso");
        await two.SayAsync(Ben, Channel, $"erase {Jo.ObjectId} contoso");
        foreach (var bot in both)
        {
            await RunningBot.UntilAsync(() => !GetPeople(bot).Contains(Canary), "the book forgets");
            // Nobody has asked this instance anything since: what it kept of the state went by itself.
            await RunningBot.UntilAsync(
                () => bot.Services.GetRequiredService<TenantStates>().Latest
                    .All(static state => state.Freeze?.ToString()?.Contains(Canary) != true), "the state forgets");
            (await bot.Services.GetRequiredService<ILedger>().ReadAsync(Contoso, 0, 1000, Stop)).ShouldAllBe(
                static entry => !entry.ToString().Contains(Canary));
        }
        await RunningBot.UntilAsync(() => both.All(static bot => bot.Log.Any(static line => line.Contains("is forgotten here too"))),
            "both have seen to it");
        await foreach (var document in one.Services.GetRequiredService<IDocuments>()
            .ListAsync(DocumentScope.Host, ConversationFile.Kind, "", Stop))
            System.Text.Encoding.UTF8.GetString(document.Value.Span).ShouldNotContain(Canary);

        // Met again, they are somebody new to both.
        await two.SayAsync(Jo, Channel, "whoami");
        GetPeople(two).ShouldContain(Canary);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string[] GetPeople(RunningBot bot) =>
        [.. bot.Services.GetRequiredService<IConversationReferences>().KnownPeople(Conversation(Channel))
            .Select(static member => member.Name ?? "")];

    private static ValueTask<TenantState> GetState(RunningBot bot) =>
        bot.Services.GetRequiredService<TenantStates>().GetAsync(Contoso, Stop);

    private List<(string, string)> Settings(CosmosServer server, string database) =>
    [
        ("Tenants:contoso:Name", "Contoso Ltd"),
        ("Connections:contoso-alerts:Tenant", "contoso"), ("Connections:contoso-alerts:Connector", "sandbox"),
        ("Connections:contoso-alerts:Settings:Token", "token"),
        ("Access:Roles:contoso:administrator:0", Ana.ObjectId), ("Access:Roles:contoso:administrator:1", Ben.ObjectId),
        ("Access:Roles:contoso:approver:0", Jo.ObjectId),
        ("Storage:Provider", "Cosmos"), ("Storage:Cosmos:Endpoint", server.Endpoint.AbsoluteUri), ("Storage:Cosmos:Key", CosmosServer.Key),
        ("Storage:Cosmos:Database", database),
        ("Storage:Cosmos:PollEvery", "00:00:00.100"), ("Storage:Cosmos:LeaseFor", "00:00:05"),
        ("Storage:Keys:Path", Path.Combine(folder, "keys")),
        ("Ledger:SigningKeyPath", Path.Combine(folder, "checkpoint.key")),
    ];
}
