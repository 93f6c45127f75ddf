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

    /// <summary>Another host tells the very key: it is not asked, and proves nothing.</summary>
    private static async Task<Seen> ForeignKeyAsync(ConformanceStage stage)
    {
        await using var other = await StandInVendor.StartAsync(stage.Manifest, [ConformanceStage.KeyRoute()]);
        var body = DeliverySamples.Body(stage, EventChecks.Rule(stage), [EventChecks.Item(stage)], other.Address);
        var isLetIn = await EventChecks.AcceptsAsync(stage, EventChecks.Signed(stage, body));
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
