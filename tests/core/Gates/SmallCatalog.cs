using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Gates;

/// <summary>One connection per tenant, with an action of every nature.</summary>
internal sealed class SmallCatalog : IConnections, IConnector
{
    public static readonly IReadOnlyList<ActionSpec> All =
    [
        Spec("ticket.create", Reversibility.Reversible, BlastRadius.Nothing, "New-Ticket '{title}'", "ticket.close",
            new ArgumentSpec("title", "Title", ".{1,80}")),
        Spec("ticket.close", Reversibility.Reversible, BlastRadius.Nothing, "Close-Ticket '{title}'", null,
            new ArgumentSpec("title", "Title", ".{1,80}")),
        Spec("service.restart", Reversibility.Reversible, BlastRadius.OneDevice, "Restart-Service '{service}' on {target}", null,
            Word("service", "Service")),
        Spec("service.start", Reversibility.Reversible, BlastRadius.OneDevice, "Start-Service '{service}' on {target}", "service.stop",
            Word("service", "Service")),
        Spec("service.stop", Reversibility.Reversible, BlastRadius.OneDevice, "Stop-Service '{service}' on {target}", "service.start",
            Word("service", "Service")),
        Spec("process.lower-priority", Reversibility.Reversible, BlastRadius.OneDevice, "Lower '{process}' on {target}",
            "process.restore-priority", Word("process", "Process")),
        Spec("process.restore-priority", Reversibility.Reversible, BlastRadius.OneDevice, "Restore '{process}' on {target}", null,
            Word("process", "Process")),
        Spec("disk.cleanup", Reversibility.Partly, BlastRadius.OneDevice, "Clear-Disk {volume}: on {target}", "disk.restore",
            Word("volume", "Volume")),
        Spec("disk.restore", Reversibility.Partly, BlastRadius.OneDevice, "Restore-Disk {volume}: on {target}", null,
            Word("volume", "Volume")),
        Spec("device.reboot", Reversibility.Irreversible, BlastRadius.OneDevice, "Restart-Computer {target}", null),
        Spec("device.isolate", Reversibility.Reversible, BlastRadius.OneDevice, "Isolate {target}", "device.format"),
        Spec("device.format", Reversibility.Irreversible, BlastRadius.OneDevice, "Format {target}", null),
        Spec("vpn.restart", Reversibility.Partly, BlastRadius.Site, "Restart-Vpn '{tunnel}'", null, Word("tunnel", "Tunnel")),
        Spec("site.wipe", Reversibility.Irreversible, BlastRadius.Site, "Wipe {target}", null),
        Spec("tenant.policy", Reversibility.Reversible, BlastRadius.Tenant, "Set-Policy", null),
    ];

    public string Name => "sandbox";

    public bool IsSimulation => true;

    public IReadOnlyDictionary<string, ActionSpec> Actions { get; } = All.ToDictionary(action => action.Name);

    public IReadOnlyList<Connection> For(TenantId tenant) => [new($"{tenant}-sandbox", tenant, Name, new Dictionary<string, string>())];

    public Connection? Find(TenantId tenant, string name) => For(tenant).FirstOrDefault(connection => connection.Name == name);

    public IConnector GetConnector(Connection connection) => this;

    public Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Gates look at catalogs only.");

    public Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Gates look at catalogs only.");

    public Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Gates look at catalogs only.");

    public Task<CallOutcome<OperationStatus>> LookUpAsync(Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Gates look at catalogs only.");

    private static ArgumentSpec Word(string name, string title) => new(name, title, "[A-Za-z0-9]{1,40}");

    private static ActionSpec Spec(
        string name, Reversibility reversibility, BlastRadius radius, string command, string? rollback, params ArgumentSpec[] arguments) =>
        new(name, $"Do {name}", "device", reversibility, radius, Idempotent: true, command, arguments, rollback, TimeSpan.FromSeconds(30));
}
