using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Core.Execution;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Core.Completeness;

/// <summary>A bot that carries out plans at a scripted vendor, and pollers that read that vendor's log.</summary>
internal sealed class PollingScene : IDisposable
{
    public ExecutionScene Bot { get; } = new();

    public CompletenessOptions Options { get; } = new();

    public Connection Connection => Bot.Connections.For(ExecutionScene.Contoso).Single();

    public IReadOnlyList<OutOfBandChange> Changes => Bot.Facts<OutOfBandChange>();

    public IReadOnlyList<PollAdvanced> Polls => Bot.Facts<PollAdvanced>();

    public void Dispose() => Bot.Dispose();

    /// <summary>A poller that has just been started.</summary>
    public ActionPoller Poller(TenantStates? states = null) => new(
        Recorder(states ?? new(Bot.Ledger, CoreFeatures.Catalog)), new(new OneTenant(), new EveryTenant(new OneTenant()), Bot.Ledger),
        Bot.Connections, Microsoft.Extensions.Options.Options.Create(Options), Bot.Clock, NullLogger<ActionPoller>.Instance);

    private ActionLogRecorder Recorder(TenantStates states) => new(
        Bot.Ledger, states, NullLogger<ActionLogRecorder>.Instance,
        Policy is null ? null : new(Policy, new Dictionary<TenantId, GatePolicy>()));

    public GatePolicy? Policy { get; init; }

    public Task<bool> PollAsync() => Poller().PollAsync(ExecutionScene.Contoso, Connection, CancellationToken.None);

    /// <summary>Somebody at the vendor's console.</summary>
    public void ByHand(string action = "lamp.off", string lamp = "a", string by = "Sam Shift", string? operation = null,
        bool? ours = false) =>
        Bot.Vendor.Write(operation, action, ExecutionScene.Room(), new Dictionary<string, string> { ["lamp"] = lamp }, by, ours);
}

internal sealed class OneTenant : ITenantDirectory
{
    private static readonly Tenant Contoso = new(ExecutionScene.Contoso, "Contoso Ltd", "CON");

    public IReadOnlyList<Tenant> All => [Contoso];

    public Tenant? Find(TenantId id) => id == Contoso.Id ? Contoso : null;

    public Tenant? FindByPrefix(string prefix) => prefix == Contoso.Prefix ? Contoso : null;
}
