using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>
/// What became of an operation whose answer was lost: what was done is found, and nothing else is taken for it. One that is called done by
/// mistake is never carried out; one that is called not done by mistake is carried out twice.
/// </summary>
internal static class ReconcileChecks
{
    private const string Own = "CON-1042-x1-0";

    /// <summary>Operations that begin or end as the own one does.</summary>
    private static readonly string[] Others = ["CON-1042-x1-01", "CON-1042-x1-1", "1CON-1042-x1-0", "CON-1042-x1"];

    public static IEnumerable<ConformanceCheck> For(Manifest manifest, string action)
    {
        if (manifest.Actions[action].Reconcile is not { } rule)
        {
            yield return new("lost-reply-found", action, static _ => Task.FromResult(
                Seen.Nothing("It does not say how the vendor is asked what became of a call: 'reconcile' is left out.")));
            yield break;
        }
        yield return new("lost-reply-found", action, stage => LostReplyAsync(stage, action, rule));
        yield return new("lost-request-told", action, stage => LostRequestAsync(stage, action, rule));
        yield return new("other-operation-looked-up", action, stage => OtherAsync(stage, action, rule));
        yield return new("other-company-looked-up", action, stage => ForeignAsync(stage, action, rule));
        yield return new("other-connection-looked-up", action, stage => ElsewhereAsync(stage, action, rule));
        yield return new("operations-unreadable", action, stage => UnreadableAsync(stage, action, rule));
    }

    private static async Task<Seen> LostReplyAsync(ConformanceStage stage, string action, ReconcileRule rule)
    {
        if (stage.Call(action, Own) is not { } call)
            return NoArguments;
        Keep(stage, rule, call with { OperationId = Others[0] });
        stage.Vendor.AfterActing = asked =>
        {
            // Nothing is there of an operation that it was not given.
            if ($"{Uri.UnescapeDataString(asked.Line)} {stage.Vendor.LastOrder}".Contains(Own, StringComparison.Ordinal))
                Keep(stage, rule, call);
            return new(0, Cut: true);
        };
        var outcome = await stage.Connector.ActAsync(stage.Connection, call, CancellationToken.None);
        var told = await LookUpAsync(stage, call);
        return Seen.If(
            outcome is CallOutcome<ActionReceipt>.Unknown && told is OperationStatus.Applied && stage.Vendor.Effects == 1,
            $"The vendor did it {stage.Vendor.Effects} times and the reply was lost; looked up, it was told as {Word(told)}.");
    }

    private static async Task<Seen> LostRequestAsync(ConformanceStage stage, string action, ReconcileRule rule)
    {
        if (stage.Call(action, Own) is not { } call)
            return NoArguments;
        stage.Vendor.Trouble = static asked => asked.Use == RouteUse.Act ? new(0, Cut: true) : null;
        await stage.Connector.ActAsync(stage.Connection, call, CancellationToken.None);
        var told = await LookUpAsync(stage, call);
        return Seen.If(
            told == Absent(rule) && stage.Vendor.Effects == 0,
            $"The request was lost before anything was done; looked up, it was told as {Word(told)}.");
    }

    private static async Task<Seen> OtherAsync(ConformanceStage stage, string action, ReconcileRule rule)
    {
        if (stage.Call(action, Own) is not { } call)
            return NoArguments;
        foreach (var other in Others)
            Keep(stage, rule, call with { OperationId = other });
        var told = await LookUpAsync(stage, call);
        return Seen.If(told == Absent(rule), $"The vendor has {string.Join(", ", Others)}; {Own} was told as {Word(told)}.");
    }

    private static async Task<Seen> ForeignAsync(ConformanceStage stage, string action, ReconcileRule rule)
    {
        var kind = stage.Connector.Actions[action].TargetKind;
        if (stage.Call(action, Own) is not { } call)
            return NoArguments;
        var foreign = stage.Documents.Operation(rule, stage.Given(call));
        var isMarked = stage.Documents.Disown(foreign, rule.Belongs);
        if (isMarked)
        {
            stage.Operations[action].Add(foreign);
            var record = await LookUpAsync(stage, call);
            if (record != OperationStatus.CannotTell)
                return Seen.If(false, $"Another company's record of {Own} was told as {Word(record)}.");
        }
        if (stage.AddForeign(kind) is not { } other)
            return isMarked ? Seen.If(true, "Another company's record was left alone.") : Seen.Nothing("Nothing says whose a record is.");
        Keep(stage, rule, call);
        var told = await LookUpAsync(stage, call with { Target = stage.For(kind, other) });
        return Seen.If(
            told is null or OperationStatus.CannotTell, $"{Own} at another company's {kind} was told as {Word(told)}.");
    }

    private static async Task<Seen> ElsewhereAsync(ConformanceStage stage, string action, ReconcileRule rule)
    {
        if (stage.Call(action, Own) is not { } call)
            return NoArguments;
        Keep(stage, rule, call);
        var outcome = await stage.Connector.LookUpAsync(stage.Elsewhere, call, CancellationToken.None);
        var told = outcome is CallOutcome<OperationStatus>.Done(var status) ? status : (OperationStatus?)null;
        return Seen.If(
            told is null or OperationStatus.CannotTell && stage.Vendor.Asked.Count == 0,
            $"Through another tenant's connection {Own} was told as {Word(told)}; the vendor was asked {stage.Vendor.Asked.Count} times.");
    }

    /// <summary>Nothing was done; but nobody may say so who could not read everything.</summary>
    private static async Task<Seen> UnreadableAsync(ConformanceStage stage, string action, ReconcileRule rule)
    {
        if (stage.Call(action, Own) is not { } call)
            return NoArguments;
        var answers = new Dictionary<string, VendorSays>
        {
            ["the vendor failed"] = new(500),
            ["the vendor refused"] = new(403, """{"message":"It is not allowed."}"""),
            ["a page of HTML came"] = new(200, "<html><body>Sign in</body></html>"),
            ["an answer without a list came"] = new(200, """{"somethingElse":true}"""),
            ["the answer was cut off"] = new(0, Cut: true),
        };
        foreach (var (what, says) in answers)
        {
            stage.Vendor.Trouble = asked => asked.Uses.Contains(RouteUse.Reconcile) ? says : null;
            if (await LookUpAsync(stage, call) is (OperationStatus.Applied or OperationStatus.NotApplied) and var told)
                return Seen.If(false, $"When {what}, {Own} was told as {Word(told)}.");
        }
        stage.Vendor.Trouble = static _ => null;
        foreach (var (what, record) in Bent(stage.Documents.Operation(rule, stage.Given(call with { OperationId = Others[1] }))))
        {
            stage.Operations[action].Add(record);
            if (await LookUpAsync(stage, call) is (OperationStatus.Applied or OperationStatus.NotApplied) and var told)
                return Seen.If(false, $"Among records {what}, {Own} was told as {Word(told)}.");
            stage.Operations[action].Clear();
        }
        if (rule.List.Paging is { } paging)
        {
            foreach (var n in Enumerable.Range(0, Math.Max(paging.Size, 3) + 1))
                Keep(stage, rule, call with { OperationId = $"CON-{n}-other" });
            stage.Vendor.Trouble = static asked =>
                asked.Uses.Contains(RouteUse.Reconcile) && asked.Page > 0 ? new(0, Cut: true) : null;
            if (await LookUpAsync(stage, call) is (OperationStatus.Applied or OperationStatus.NotApplied) and var told)
                return Seen.If(false, $"When the second page was cut off, {Own} was told as {Word(told)}.");
        }
        return Seen.If(true, "What could not be read to its end says nothing of an operation.");
    }

    private static IEnumerable<(string What, JsonObject Record)> Bent(JsonObject record)
    {
        yield return ("without members", []);
        var retyped = new JsonObject();
        foreach (var (name, value) in record)
            retyped[name] = new JsonObject { ["value"] = value?.DeepClone() };
        yield return ("whose members are of other types", retyped);
    }

    private static void Keep(ConformanceStage stage, ReconcileRule rule, ActionCall call) =>
        stage.Operations[call.Action].Add(stage.Documents.Operation(rule, stage.Given(call)));

    private static OperationStatus Absent(ReconcileRule rule) =>
        rule.AbsenceProvesNotDone ? OperationStatus.NotApplied : OperationStatus.CannotTell;

    private static Seen NoArguments => Seen.Nothing("None of the values that the checks know is one that its arguments take.");

    /// <summary>Null where the looking up itself did not come to an end.</summary>
    private static async Task<OperationStatus?> LookUpAsync(ConformanceStage stage, ActionCall call) =>
        await stage.Connector.LookUpAsync(stage.Connection, call, CancellationToken.None) is CallOutcome<OperationStatus>.Done(var status)
            ? status
            : null;

    private static string Word(OperationStatus? status) => status switch
    {
        OperationStatus.Applied => "done",
        OperationStatus.NotApplied => "not done",
        OperationStatus.CannotTell => "not to be told",
        _ => "not to be looked up",
    };
}
