using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>The id that a delivery is followed by: the sender's trace id (W3C Trace Context) when it sent one, else a new one.</summary>
internal static class DeliveryCorrelation
{
    public const string Header = "X-Correlation-Id";

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public static CorrelationId For(HttpRequest request) =>
        request.Headers.TraceParent.Count == 1 && GetTraceId(request.Headers.TraceParent[0]) is { } traceId
            ? CorrelationId.Parse(traceId)
            : CorrelationId.New();

    /// <summary>The second field of <c>00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01</c>; null when it is not valid.</summary>
    internal static string? GetTraceId(string? traceParent)
    {
        if (traceParent is not { Length: >= 55 } || traceParent[2] != '-' || traceParent[35] != '-')
            return null;
        var traceId = traceParent[3..35];
        return traceId.All(char.IsAsciiHexDigitLower) && traceId.Any(digit => digit != '0') ? traceId : null;
    }
}
