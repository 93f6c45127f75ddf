using System.Text;
using DevOpsAI.Incidents;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>
/// Deliveries that are hints about records, and keys that the vendor hands out: what cannot be read is not made up, what cannot be read now
/// is not lost, and nobody but the vendor is asked.
/// </summary>
internal static class HintChecks
{
    private const string Of = "webhook";

    public static IReadOnlyList<ConformanceCheck> Hints { get; } =
    [
        new("hint-not-told", Of, NotToldAsync),
        new("hint-while-away", Of, WhileAwayAsync),
        new("hint-believed", Of, BelievedAsync),
        new("hint-of-another-company", Of, ForeignAsync),
        new("hint-hostile-id", Of, HostileIdAsync),
    ];

    public static IReadOnlyList<ConformanceCheck> Keys { get; } =
    [
        new("key-of-another-host", Of, ForeignKeyAsync),
        new("key-while-away", Of, KeyWhileAwayAsync),
    ];

    private static async Task<Seen> NotToldAsync(ConformanceStage stage)
    {
        var request = EventChecks.Request(stage, EventChecks.Item(stage));
        stage.Vendor.Trouble = static asked => asked.Use == RouteUse.Hinted ? new(404, """{"message":"It is gone."}""") : null;
        try
        {
            var read = await EventChecks.ReadAsync(stage, request);
            return Seen.If(read.Count == 0, $"Of a record that the vendor does not have {read.Count} events were made.");
        }
        catch (MalformedEventException)
        {
            return Seen.If(true, "A hint about a record that the vendor does not have was refused.");
        }
    }

    private static async Task<Seen> WhileAwayAsync(ConformanceStage stage)
    {
        var request = EventChecks.Request(stage, EventChecks.Item(stage));
        stage.Vendor.Trouble = static asked => asked.Use == RouteUse.Hinted ? new(503) : null;
        try
        {
            var read = await EventChecks.ReadAsync(stage, request);
            return Seen.If(false, $"While the vendor could not be asked the delivery was taken, with {read.Count} events.");
        }
        catch (VendorUnavailableException)
        {
            return Seen.If(true, "While the vendor could not be asked the delivery was left to be sent again.");
        }
        catch (MalformedEventException)
        {
            return Seen.If(false, "While the vendor could not be asked the delivery was refused for good.");
        }
    }

    /// <summary>The delivery says itself what has happened, and of another thing than the record that it names.</summary>
    private static async Task<Seen> BelievedAsync(ConformanceStage stage)
    {
        var rule = EventChecks.Rule(stage);
        var usual = await EventChecks.ReadAsync(stage, EventChecks.Request(stage, EventChecks.Item(stage)));
        var lie = stage.Documents.Event(rule, "6666", "SRV-OTHER", VendorDocuments.HasEnd(rule));
        foreach (var (name, value) in stage.Documents.Hint(rule, rule.Reread!, DeliverySamples.HintId))
            lie[name] = value?.DeepClone();
        var read = await EventChecks.ReadAsync(stage, SentDeliveries.Sign(stage, Encoding.UTF8.GetBytes(lie.ToJsonString())));
        return Seen.If(
            usual is [var one] && read is [var same]
                && (one.SourceId, one.Status, one.Title, one.AlertKey) == (same.SourceId, same.Status, same.Title, same.AlertKey),
            $"A hint that tells of another event itself was read as {Ids(read)}, and the record is {Ids(usual)}.");
    }

    /// <summary>One that every connection to the vendor gets is no loss of this one.</summary>
    private static async Task<Seen> ForeignAsync(ConformanceStage stage)
    {
        var record = EventChecks.Item(stage);
        if (!stage.Documents.Disown(record, EventChecks.Rule(stage).Belongs))
            return Seen.Nothing("Each client has credentials of its own: nothing says whose a record is.");
        try
        {
            var read = await EventChecks.ReadAsync(stage, EventChecks.Request(stage, record));
            return Seen.If(read.Count == 0, $"Of a hint about another company's record {read.Count} events were made.");
        }
        catch (MalformedEventException told)
        {
            return Seen.If(false, $"A hint about another company's record was told as a loss: {told.Message}");
        }
    }

    /// <summary>What is in the place of the id stays one segment of the address.</summary>
    private static async Task<Seen> HostileIdAsync(ConformanceStage stage)
    {
        var rule = EventChecks.Rule(stage);
        stage.Vendor.Hinted = EventChecks.Item(stage);
        List<string> taken = [];
        foreach (var id in HostileIds)
        {
            var hint = stage.Documents.Hint(rule, rule.Reread!, id);
            try
            {
                var read = await EventChecks.ReadAsync(stage, SentDeliveries.Sign(stage, Encoding.UTF8.GetBytes(hint.ToJsonString())));
                taken.AddRange(read.Select(_ => id));
            }
            catch (MalformedEventException)
            {
                // As it has to be.
            }
        }
        var strange = stage.Vendor.Asked.Where(static one => one.Use is not (RouteUse.Hinted or RouteUse.Read or RouteUse.Token))
            .Select(static one => one.Line).ToList();
        return Seen.If(
            taken.Count == 0 && strange.Count == 0,
            $"Of hints whose ids are none {taken.Count} were taken, and asked for was "
            + $"{string.Join(", ", strange.DefaultIfEmpty("nothing"))}.");
    }

    private static readonly string[] HostileIds =
    [
        $"../{DeliverySamples.HintId}", "..", $"x/../{DeliverySamples.HintId}", $"{DeliverySamples.HintId}?a=b",
        $"{DeliverySamples.HintId}#", $"%2e%2e%2f{DeliverySamples.HintId}",
    ];

    private static string Ids(IEnumerable<ConnectorEvent> events) => string.Join(", ", events.Select(static one => one.SourceId));

    /// <summary>Another host tells the very key: it is not asked, and proves nothing.</summary>
    private static async Task<Seen> ForeignKeyAsync(ConformanceStage stage)
    {
        await using var other = await StandInVendor.StartAsync(stage.Manifest, [ConformanceStage.KeyRoute()]);
        var body = DeliverySamples.Body(stage, EventChecks.Rule(stage), [EventChecks.Item(stage)], other.Address);
        var isLetIn = await EventChecks.AcceptsAsync(stage, SentDeliveries.Sign(stage, body));
        return Seen.If(
            !isLetIn && other.Asked.Count == 0,
            $"A delivery that names a key at another host was {(isLetIn ? "let in" : "turned away")}; that host was asked "
            + $"{other.Asked.Count} times.");
    }

    private static async Task<Seen> KeyWhileAwayAsync(ConformanceStage stage)
    {
        var request = EventChecks.Request(stage, EventChecks.Item(stage));
        stage.Vendor.Trouble = static asked => asked.Use == RouteUse.Key ? new(503) : null;
        try
        {
            var isLetIn = await EventChecks.AcceptsAsync(stage, request);
            return Seen.If(
                false, $"While the vendor told no key the sender was {(isLetIn ? "let in without one" : "turned away for good")}.");
        }
        catch (VendorUnavailableException)
        {
            return Seen.If(true, "While the vendor told no key the delivery was left to be sent again.");
        }
    }
}
