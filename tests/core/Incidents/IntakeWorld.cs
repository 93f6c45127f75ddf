using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Core.Incidents;

/// <summary>
/// Intake and incidents of one tenant, over a ledger in memory. Subscriptions run only when <see cref="FollowAsync"/> is called.
/// </summary>
internal sealed class IntakeWorld : IDisposable
{
    public static readonly TenantId Contoso = TenantId.Parse("contoso");

    private readonly ServiceProvider services;
    private readonly ILedgerSubscription subscription;
    private long cursor;

    public IntakeWorld(Func<ILedger, ILedger>? wrap = null, IEventEchoes? echoes = null)
    {
        Ledger = new InMemoryLedger(Clock, Keys);
        var collection = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                new Dictionary<string, string?> { ["Tenants:contoso:Name"] = "Contoso Ltd" }).Build())
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IKeyRing>(Keys)
            .AddSingleton(wrap is null ? Ledger : wrap(Ledger))
            .AddSingleton<ServiceFactory>(provider => provider.GetRequiredService)
            .AddSingleton<IMediator, Mediator>()
            .AddCoreFeatures()
            .AddTenancy()
            .AddSingleton<IAlertParts, Volumes>()
            .AddIncidents();
        foreach (var handler in typeof(ReceiveEvents).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, Namespace: "DevOpsAI.Incidents" }))
        {
            foreach (var role in handler.GetInterfaces()
                .Where(role => role.IsGenericType && role.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)))
                collection.AddSingleton(role, handler);
        }
        if (echoes is not null)
            collection.AddSingleton(echoes);
        services = collection.BuildServiceProvider();
        subscription = services.GetServices<ILedgerSubscription>().Single();
    }

    public ManualClock Clock { get; } = new();

    public InMemoryKeyRing Keys { get; } = new();

    public InMemoryLedger Ledger { get; }

    public IMediator Mediator => services.GetRequiredService<IMediator>();

    public TenantStates States => services.GetRequiredService<TenantStates>();

    public TenantState State => States.GetAsync(Contoso, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public List<string> Reached { get; } = [];

    public Task<IReadOnlyList<EventReceipt>> ReceiveAsync(params ConnectorEvent[] events)
    {
        Failpoints.Arm(Reach);
        return Mediator.Send(new ReceiveEvents(Contoso, "contoso-alertmanager", false, events,
            CorrelationId.Parse("00000000000000000000000000000001")));
    }

    public async Task AppendAsync(StreamId stream, Fact fact) =>
        (await Ledger.AppendAsync(Contoso, [], [new(stream, Actor.Service("test"), CorrelationId.Parse("c"), fact)],
            CancellationToken.None)).ShouldBeOfType<AppendResult.Appended>();

    /// <summary>Hands over every entry that is new, and those that come of it.</summary>
    public async Task FollowAsync()
    {
        while (await Ledger.ReadAsync(Contoso, cursor, 100, CancellationToken.None) is { Count: > 0 } page)
        {
            foreach (var entry in page)
            {
                if (subscription.GetPartitionKey(entry) is not null)
                    await subscription.HandleAsync(entry, CancellationToken.None);
                cursor = entry.Seq;
            }
        }
    }

    /// <summary>Hands over one entry again, as after a crash.</summary>
    public Task RedeliverAsync(LedgerEntry entry) => subscription.HandleAsync(entry, CancellationToken.None);

    public void Dispose() => services.Dispose();

    private void Reach(string point)
    {
        lock (Reached)
            Reached.Add(point);
    }
}

/// <summary>An alert is about the volume that it names, and what is known has a plan.</summary>
internal sealed class Volumes : IAlertParts
{
    public string? GetPart(string kind, string? device, IReadOnlyDictionary<string, string> attributes) =>
        attributes.GetValueOrDefault("volume");

    public string? GetPartInText(string device, string text) =>
        text.Split('\'') is [_, var named, ..] ? named.ToLowerInvariant() : null;

    public bool HasPlan(string kind, IReadOnlyDictionary<string, string> attributes) => kind.StartsWith("Known", StringComparison.Ordinal);
}

internal static class AnEvent
{
    public static ConnectorEvent Firing(
        string kind, string? device, string? source = null, Severity severity = Severity.Error, string? alert = null) => new(
        source ?? Guid.NewGuid().ToString("n"), EventStatus.Firing, severity, kind, device, $"{kind} on {device}", null,
        alert ?? $"{kind}/{device}", new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero), new Dictionary<string, string>());

    /// <summary>
    /// As a source says it that tells how an alert stands, in the same words whenever it stands so. Hours after nine o'clock of the day
    /// before.
    /// </summary>
    public static ConnectorEvent Standing(
        double since, double? until = null, string device = "srv-file01", Severity severity = Severity.Error, string kind = "DiskSpaceLow")
    {
        DateTimeOffset nine = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
        var alert = $"{kind}/{device}/{severity}";
        var began = nine.AddHours(since);
        return Firing(kind, device, $"{alert}/{began:O}/{(until is null ? "firing" : "resolved")}", severity, alert) with
        {
            Status = until is null ? EventStatus.Firing : EventStatus.Resolved,
            OccurredAt = until is { } ended ? nine.AddHours(ended) : began,
            StandsSince = began,
        };
    }

    public static ConnectorEvent Resolved(string kind, string? device, string? alert = null) =>
        Firing(kind, device, alert: alert) with { Status = EventStatus.Resolved };
}
