namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>How one check of a connector ended.</summary>
/// <param name="Check">Its name, as in <c>reply-lost</c>.</param>
/// <param name="Of">What it was held against, as in <c>service.restart</c> or <c>webhook</c>.</param>
/// <param name="Seen">A sentence for people.</param>
public sealed record ConformanceFinding(string Check, string Of, ConformanceVerdict Verdict, string Seen);

/// <summary>Skipped: the connector has nothing that the check is about.</summary>
public enum ConformanceVerdict { Passed, Failed, Skipped }

/// <summary>What a check saw.</summary>
internal sealed record Seen(ConformanceVerdict Verdict, string What)
{
    public static Seen If(bool isRight, string what) => new(isRight ? ConformanceVerdict.Passed : ConformanceVerdict.Failed, what);

    public static Seen Nothing(string why) => new(ConformanceVerdict.Skipped, why);
}

/// <summary>One thing that a connector has to stand.</summary>
internal sealed record ConformanceCheck(string Name, string Of, Func<ConformanceStage, Task<Seen>> RunAsync);
