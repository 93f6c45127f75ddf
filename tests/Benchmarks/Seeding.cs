using System.Globalization;
using System.Security.Cryptography;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests;

namespace DevOpsAI.Benchmarks;

/// <summary>Writes a ledger in which many proposals wait for a decision, each on a card that was posted.</summary>
internal static class Seeding
{
    public const string Conversation = "19:bench@thread.tacv2";
    public const string DirectoryTenant = "99999999-9999-4999-8999-999999999999";
    private const string ServiceUrl = "http://127.0.0.1:9/bench";
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly Actor Seeder = Actor.Service("benchmark");

    /// <param name="approvals">How many must agree: with two, an approval is recorded and nothing runs.</param>
    /// <returns>The plan digest of each proposal, in the order of their incident numbers from CON-1001.</returns>
    public static async Task<IReadOnlyList<string>> WaitingProposalsAsync(ILedger ledger, int count, int approvals, DateTimeOffset now)
    {
        await AppendAsync(ledger, [new(StreamId.Channels, Seeder, CorrelationId.Parse("bench"), new ChannelLinked(
            new(Ids.Conversation(Conversation), "channel", ServiceUrl, new(DirectoryTenant), "19:benchteam@thread.tacv2", "Bench")))]);
        var digests = Enumerable.Range(0, count).Select(_ => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))).ToArray();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(200))
            await AppendAsync(ledger, [.. chunk.SelectMany(n => Entries(n, digests[n], approvals, now))]);
        return digests;
    }

    public static IncidentId IncidentId(int n) => Con(1001 + n);

    private static IEnumerable<NewEntry> Entries(int n, string planDigest, int approvals, DateTimeOffset now)
    {
        var id = IncidentId(n);
        var device = string.Create(CultureInfo.InvariantCulture, $"SRV-{n:00000}");
        var key = "windowsservicedown|" + device.ToLowerInvariant();
        var eventId = string.Create(CultureInfo.InvariantCulture, $"E-{n:x16}");
        var correlation = CorrelationId.Parse(eventId);
        var target = new Target("contoso-sandbox", "device", device.ToLowerInvariant(), device, "Contoso Ltd");
        var plan = new Plan([new(
            "Restart the Print Spooler", "service.restart", target, new Dictionary<string, string> { ["service"] = "Spooler" },
            "Restart-Service -Name 'Spooler'", ["service"], [new("service.Spooler.state", "==", "stopped")],
            [new("service.Spooler.state", "==", "running")], null)]);
        var observed = new Dictionary<string, string> { [$"{device} service.Spooler.state"] = "stopped" };
        var terms = new GateTerms(GateLevel.L2, ["Restarting a service interrupts those who use it."], Role.Approver, approvals, true,
            now.AddHours(8), null, null, "bench");
        yield return new(StreamId.Event(eventId), Seeder, correlation, new EventReceived(
            eventId, "contoso-alertmanager", eventId, EventStatus.Firing, Severity.Error, "WindowsServiceDown", device,
            $"Spooler is down on {device}", null, eventId, key, "windowsservicedown", now, false,
            new Dictionary<string, string> { ["name"] = "Spooler" }));
        yield return new(StreamId.Incident(id), Seeder, correlation, new IncidentOpened(
            id, $"Spooler is down on {device}", Severity.Error, "WindowsServiceDown", device, IncidentScope.One, key,
            "windowsservicedown", eventId));
        yield return new(StreamId.Proposal(id), Seeder, correlation, new RecommendationDrafted(
            id, 1, "runbook service-stopped v1", $"Restart Spooler on {device}.",
            "The service is set to start automatically and is stopped.", [new($"Spooler is down on {device}", null)], plan, Risk.Low, null,
            observed, true));
        yield return new(StreamId.Proposal(id), Seeder, correlation, new ProposalStaged(
            id, 1, ProposalKind.Remedy, Actor.Service("drafting"), plan, observed, terms, false, planDigest, planDigest));
        yield return new(StreamId.Card(id), Seeder, correlation, new CardSending(id, Ids.Conversation(Conversation)));
        yield return new(StreamId.Card(id), Seeder, correlation, new CardPosted(
            id, Ids.Conversation(Conversation), ServiceUrl, Ids.Conversation($"{Conversation};messageid={n}"),
            n.ToString(CultureInfo.InvariantCulture), long.MaxValue / 2, false));
    }

    private static async Task AppendAsync(ILedger ledger, IReadOnlyList<NewEntry> entries)
    {
        if (await ledger.AppendAsync(Contoso, [], entries, CancellationToken.None) is not AppendResult.Appended)
            throw new InvalidOperationException("Seeding an empty ledger met a conflict.");
    }
}
