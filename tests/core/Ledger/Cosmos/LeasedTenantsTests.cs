using System.Collections.Concurrent;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Cosmos;

/// <summary>Subscriptions of several instances share the work by the change feed processor's leases.</summary>
public sealed class LeasedTenantsTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");
    private readonly string database = Support.CosmosServer.NewDatabase();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_instance_follows_a_tenant_and_another_takes_over_where_it_stopped()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await AppendAsync(first, Contoso, 20);
        await AppendAsync(second, Fabrikam, 20);
        await UntilAsync(() => first.Seen.Count + second.Seen.Count >= 40);
        var (owner, other) = first.Seen.IsEmpty ? (second, first) : (first, second);
        owner.Seen.Distinct().Count().ShouldBe(40);
        other.Seen.ShouldBeEmpty();
        (owner.Followed.IsMine(Contoso), other.Followed.IsMine(Contoso)).ShouldBe((true, false));
        await UntilAsync(
            async () => await new DocumentCursors(new CosmosDocuments(owner.Store)).LoadAsync("counting", Contoso, Token) == 20);

        var told = other.Followed.NextAsync(Token);
        await owner.StopAsync();
        await AppendAsync(other, Contoso, 5);
        await UntilAsync(() => other.Seen.Count(static one => one.Tenant == Contoso) >= 5);
        await told.WaitAsync(TimeSpan.FromMinutes(2), Token);
        other.Seen.Where(static one => one.Tenant == Contoso).Select(static one => one.Seq).Order().ShouldBe([21, 22, 23, 24, 25]);
        await UntilAsync(() => other.Followed.IsMine(Fabrikam));
    }

    [Fact]
    public async Task A_tenant_whose_ledger_rests_is_taken_over_too()
    {
        await using var first = await StartAsync();
        await AppendAsync(first, Contoso, 3);
        await UntilAsync(() => first.Seen.Count == 3);
        await using var second = await StartAsync();
        await first.StopAsync();
        await UntilAsync(() => second.Followed.IsMine(Contoso));
        second.Followed.IsMine(Fabrikam).ShouldBeFalse();
    }

    private static async Task AppendAsync(Instance instance, TenantId tenant, int count)
    {
        for (var n = 0; n < count; n++)
            await instance.Ledger.AppendAsync(
                tenant, [], [new(StreamId.Access, Actor.Service("test"), CorrelationId.Parse("c"),
                new IncidentClosed(Con(1001), "resolved"))], Token);
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var looked = 0; !await condition(); looked++)
        {
            looked.ShouldBeLessThan(2400);
            await Task.Delay(50, Token);
        }
    }

    private async Task<Instance> StartAsync()
    {
        // Nobody may be taken for dead while the machine is busy.
        var instance = new Instance(await cosmos.Server.OpenAsync(database, static options => options.LeaseFor = TimeSpan.FromSeconds(20)));
        await instance.Following.StartAsync(Token);
        return instance;
    }

    private sealed class Instance : ITenantDirectory, ILedgerSubscription, IAsyncDisposable
    {
        private bool stopped;

        public Instance(CosmosStore store)
        {
            Store = store;
            Ledger = CosmosFixture.Instance(store);
            Followed = new(store, this, TimeProvider.System, NullLogger<LeasedTenants>.Instance);
            Following = new(Ledger, new DocumentCursors(new CosmosDocuments(store)), new(this, Followed, Ledger), [this], new LedgerMetrics(),
                TimeProvider.System, NullLogger<LedgerSubscriptions>.Instance);
        }

        public CosmosStore Store { get; }

        public CosmosLedger Ledger { get; }

        public LeasedTenants Followed { get; }

        public LedgerSubscriptions Following { get; }

        public ConcurrentQueue<(TenantId Tenant, long Seq)> Seen { get; } = new();

        public IReadOnlyList<Tenant> All { get; } = [new(Contoso, "Contoso", "CON"), new(Fabrikam, "Fabrikam", "FAB")];

        public string Name => "counting";

        public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

        public Tenant? FindByPrefix(string prefix) => All.FirstOrDefault(tenant => tenant.Prefix == prefix);

        public string? GetPartitionKey(LedgerEntry entry) => entry.Stream.Value;

        public Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
        {
            Seen.Enqueue((entry.Tenant, entry.Seq));
            return Task.CompletedTask;
        }

        public async Task StopAsync()
        {
            if (stopped)
                return;
            stopped = true;
            await Following.StopAsync(CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            Following.Dispose();
            Ledger.Dispose();
            Store.Dispose();
        }
    }
}
