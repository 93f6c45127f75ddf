using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>Acting: once, on the client's own, with an outcome that is never better than what is known.</summary>
internal static class ActionChecks
{
    public static IEnumerable<ConformanceCheck> For(string action)
    {
        yield return new("done-once", action, stage => ActAsync(stage, action, static outcome => outcome is Done, 1));
        yield return new("reply-lost", action, stage =>
        {
            stage.Vendor.AfterActing = static _ => new(0, Cut: true);
            return ActAsync(stage, action, static outcome => outcome is CallOutcome<ActionReceipt>.Unknown, 1);
        });
        yield return new("failed-after-acting", action, stage =>
        {
            stage.Vendor.AfterActing = static _ => new(500, """{"message":"Something went wrong."}""");
            return ActAsync(stage, action, static outcome => outcome is CallOutcome<ActionReceipt>.Unknown, 1);
        });
        yield return new("busy-with-a-time", action, stage =>
        {
            stage.Vendor.Trouble = static asked => asked.Use == RouteUse.Act ? new(429, RetryAfter: "7") : null;
            return ActAsync(
                stage, action,
                static outcome => outcome is CallOutcome<ActionReceipt>.NotDone { TryAgainIn: { TotalSeconds: >= 7 } }, 0);
        });
        yield return new("busy-without-a-time", action, stage =>
        {
            stage.Vendor.Trouble = static asked => asked.Use == RouteUse.Act ? new(429) : null;
            return ActAsync(stage, action, static outcome => outcome is CallOutcome<ActionReceipt>.NotDone, 0);
        });
        yield return new("refused", action, stage =>
        {
            stage.Vendor.Trouble = static asked => asked.Use == RouteUse.Act ? new(400, """{"message":"It is not allowed."}""") : null;
            return ActAsync(stage, action, static outcome => outcome is CallOutcome<ActionReceipt>.Refused, 0);
        });
        yield return new("other-company-acted-on", action, stage => ForeignAsync(stage, action));
        yield return new("other-connection", action, stage => ElsewhereAsync(stage, action));
        yield return new("deleted", action, stage =>
        {
            var target = stage.Target(stage.Connector.Actions[action].TargetKind);
            stage.Vendor.Records[target.Kind].Clear();
            return ActAsync(stage, action, static outcome => outcome is not Done, 0, target, mayAsk: false);
        });
        yield return new("renamed", action, stage =>
        {
            var target = stage.Target(stage.Connector.Actions[action].TargetKind) with { Name = "SRV-BEFORE" };
            return ActAsync(stage, action, static outcome => outcome is CallOutcome<ActionReceipt>.Refused, 0, target, mayAsk: false);
        });
        yield return new("hostile-answer", action, stage =>
        {
            stage.Vendor.AfterActing = static _ => new(400, $$"""{"message":"{{new string('z', 1 << 20)}}"}""");
            return ActAsync(
                stage, action,
                static outcome =>
                    outcome is CallOutcome<ActionReceipt>.Refused { Message.Length: <= 1000 } or CallOutcome<ActionReceipt>.Unknown,
                1);
        });
    }

    private sealed record Done;

    private static async Task<Seen> ActAsync(
        ConformanceStage stage, string action, Func<object, bool> isRight, int effects, Target? target = null, bool mayAsk = true)
    {
        if (stage.Call(action, "op-1", target) is not { } call)
            return Seen.Nothing("None of the values that the checks know is one that its arguments take.");
        var outcome = await stage.Connector.ActAsync(stage.Connection, call, CancellationToken.None);
        var asked = stage.Vendor.AskedToAct;
        var done = stage.Vendor.Effects;
        var isAsExpected = isRight(outcome is CallOutcome<ActionReceipt>.Done ? new Done() : outcome);
        return Seen.If(
            isAsExpected && done == effects && asked == (mayAsk ? 1 : 0),
            $"The vendor was asked {asked} times and did it {done} times; the outcome was told as {Outcomes.Word(outcome)}.");
    }

    private static async Task<Seen> ForeignAsync(ConformanceStage stage, string action)
    {
        var kind = stage.Connector.Actions[action].TargetKind;
        if (stage.AddForeign(kind) is not { } foreign)
            return Seen.Nothing("Each client has credentials of its own: nothing says whose a record is.");
        return await ActAsync(
            stage, action, static outcome => outcome is CallOutcome<ActionReceipt>.Refused, 0, stage.For(kind, foreign), mayAsk: false);
    }

    private static async Task<Seen> ElsewhereAsync(ConformanceStage stage, string action)
    {
        if (stage.Call(action, "op-1") is not { } call)
            return Seen.Nothing("None of the values that the checks know is one that its arguments take.");
        var outcome = await stage.Connector.ActAsync(stage.Elsewhere, call, CancellationToken.None);
        return Seen.If(
            outcome is CallOutcome<ActionReceipt>.Refused && stage.Vendor.AskedToAct == 0,
            $"Through another tenant's connection it was {Outcomes.Word(outcome)}; the vendor was asked {stage.Vendor.AskedToAct} times.");
    }
}
