using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Bot.Execution;

/// <summary>
/// Real ledger, real subscription, real HTTP to the simulated vendor: an approval on the ledger becomes an effect at the vendor.
/// </summary>
public sealed class ExecutionOnSandboxTests : IAsyncLifetime
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly string storage = Directory.CreateTempSubdirectory("execution-").FullName;
    private WebApplication app = null!;
    private HttpClient vendor = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ILedger Ledger => app.Services.GetRequiredService<ILedger>();

    public ValueTask InitializeAsync() => BeginAsync();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "failBefore": 2 }""")]
    [InlineData("""{ "failAfter": 1 }""")]
    [InlineData("""{ "loseReply": 1 }""")]
    [InlineData("""{ "slowMs": 900 }""")]
    public async Task An_approval_becomes_one_verified_effect_whatever_the_vendor_does_with_its_answers(string switches)
    {
        using var put = await vendor.PutAsJsonAsync("sandbox/switches", JsonNode.Parse(switches), Token);
        put.EnsureSuccessStatusCode();
        await ApproveAsync(Con(1001), "WS-RECEPTION");
        var finished = await FinishedAsync(Con(1001));
        finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        finished.Changes.ShouldBe([new("WS-RECEPTION service.Spooler.state", "stopped", "running")]);
        (await EffectsAsync("CON-1001-x1-0")).ShouldBe(1);
    }

    [Fact]
    public async Task A_bot_that_stops_in_the_middle_is_continued_by_the_next_one()
    {
        using var put = await vendor.PutAsJsonAsync("sandbox/switches", JsonNode.Parse("""{ "failBefore": 1000 }"""), Token);
        await ApproveAsync(Con(1001), "WS-RECEPTION");
        await WaitForAsync(entry => entry.Fact is ExecutionStarted);
        await app.DisposeAsync();
        await BeginAsync();
        (await FinishedAsync(Con(1001))).Outcome.ShouldBe(ExecutionOutcome.Verified);
        (await EffectsAsync("CON-1001-x1-0")).ShouldBe(1);
        var claims = (await Ledger.ReadStreamAsync(Contoso, StreamId.Proposal(Con(1001)), Token)).Select(entry => entry.Fact)
            .OfType<ExecutionStarted>().ToList();
        claims.Count.ShouldBe(2);
        claims[0].Instance.ShouldNotBe(claims[1].Instance);
    }

    public async ValueTask DisposeAsync()
    {
        vendor.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        Directory.Delete(storage, recursive: true);
    }

    private async ValueTask BeginAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:Path"] = storage,
            ["Sandbox:Timeout"] = "00:00:05",
            ["Execution:SettleFor"] = "00:00:05",
            ["Execution:Attempts"] = "20",
            ["Tenants:contoso:Name"] = "Contoso Ltd", ["Tenants:contoso:Prefix"] = "CON",
            ["Connections:contoso-sandbox:Tenant"] = "contoso", ["Connections:contoso-sandbox:Connector"] = "sandbox",
            ["Connections:contoso-sandbox:Settings:Token"] = "token-c",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddCoreFeatures().AddTenancy().AddTenantConnections().AddLedger().AddExecution().AddSandbox()
            .AddSingleton<IExecutionGuard, AlwaysAllowed>()
            .AddSingleton<ServiceFactory>(provider => provider.GetRequiredService)
            .AddSingleton<IMediator, Mediator>()
            .Scan(scan => scan.FromAssemblies(typeof(RunPlan).Assembly)
                .AddClasses(classes => classes.AssignableTo<IRequestHandler<RunPlan, Unit>>(), publicOnly: false).AsImplementedInterfaces()
                .WithSingletonLifetime());
        app = builder.Build();
        app.MapSandbox();
        await app.StartAsync(Token);
        vendor?.Dispose();
        vendor = new() { BaseAddress = new(app.Urls.Single()),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", "token-c") } };
    }

    private async Task ApproveAsync(IncidentId id, string device)
    {
        var connection = app.Services.GetRequiredService<IConnections>().For(Contoso).Single();
        var connector = app.Services.GetRequiredService<IConnections>().GetConnector(connection);
        var target =
            (await connector.FindAsync(connection, "device", device, Token)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value
                .Single();
        var arguments = ImmutableDictionary<string, string>.Empty.Add("service", "Spooler");
        var plan = new Plan([new(
            "Start the service Spooler", "service.start", target, arguments,
            ActionCalls.Command(connector.Actions["service.start"], target, arguments), [], [new("service.Spooler.state", "==", "stopped")],
            [new("service.Spooler.state", "==", "running")], "service.stop")]);
        var terms = new GateTerms(GateLevel.L2, [], Role.Approver, 1, false, DateTimeOffset.UnixEpoch.AddYears(100), null, null, "1");
        var proposal = StreamId.Proposal(id);
        var service = Actor.Service("test");
        (await Ledger.AppendAsync(Contoso, [], [
            new(StreamId.Incident(id), service, CorrelationId.Parse("c0ffee"),
                new IncidentOpened(id, "Stopped", Severity.Error, "WindowsServiceDown", device, IncidentScope.One, "k|d", "k", "E-1")),
            new(proposal, service, CorrelationId.Parse("c0ffee"), new ProposalStaged(
                id, 1, ProposalKind.Remedy, service, plan,
                ImmutableDictionary<string, string>.Empty.Add($"{device} service.Spooler.state", "stopped"), terms, false,
                "seal", "nonce")),
            new(proposal, new Person(Who("ana"), "Ana").AsActor(), CorrelationId.Parse("c0ffee"),
                new ProposalDecided(id, 1, DecisionKind.Approve, "seal", null, null, null, Complete: true)),
        ], Token)).ShouldBeOfType<AppendResult.Appended>();
    }

    private async Task<ExecutionFinished> FinishedAsync(IncidentId id) =>
        (ExecutionFinished)(await WaitForAsync(entry => entry.Fact is ExecutionFinished finished && finished.About == id)).Fact;

    private async Task<LedgerEntry> WaitForAsync(Func<LedgerEntry, bool> wanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Hang.Limit);
        for (long seq = 0; ;)
        {
            await Ledger.WaitPastAsync(Contoso, seq, limit.Token);
            var page = await Ledger.ReadAsync(Contoso, seq, 100, limit.Token);
            if (page.FirstOrDefault(wanted) is { } found)
                return found;
            seq = page[^1].Seq;
        }
    }

    private async Task<int> EffectsAsync(string operationId) =>
        (int)(await vendor.GetFromJsonAsync<JsonObject>($"sandbox/effects?operationId={operationId}", Token))!["count"]!;

    private sealed class AlwaysAllowed : IExecutionGuard
    {
        public ValueTask<Objection?> CheckAsync(
            TenantState state, Proposal proposal, Plan plan, NextCall? next, CancellationToken cancellationToken) => new((Objection?)null);
    }
}
