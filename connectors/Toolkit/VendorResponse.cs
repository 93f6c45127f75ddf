using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>
/// What an HTTP exchange says about whether the vendor acted. Only what certainly did not reach the vendor, or was turned away at its door,
/// is <see cref="CallOutcome{T}.NotDone"/>; whatever is in doubt is <see cref="CallOutcome{T}.Unknown"/>.
/// </summary>
public static class VendorResponse
{
    private const int MessageLimit = 300;

    /// <summary>Where vendors put what they call a problem, in order of preference.</summary>
    private static readonly string[] CodeMembers = ["code", "resultCode", "error_code", "status"];
    private static readonly string[] MessageMembers =
        ["message", "detail", "errorMessage", "error_description", "error", "errors", "resultCode", "title"];

    public static CallOutcome<T> For<T>(HttpStatusCode status, string body, TimeSpan? retryAfter, Func<JsonNode, T> read)
    {
        if ((int)status is >= 200 and < 300)
        {
            try
            {
                return JsonNode.Parse(body) is { } json
                    ? new CallOutcome<T>.Done(read(json))
                    : new CallOutcome<T>.Unknown("The vendor answered nothing.");
            }
            catch (Exception problem)
                when (problem is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException)
            {
                return new CallOutcome<T>.Unknown("The vendor's answer cannot be read.");
            }
        }
        var (code, message) = Problem(status, body);
        return (int)status switch
        {
            429 or 503 => new CallOutcome<T>.NotDone(message, retryAfter),
            408 or >= 500 => new CallOutcome<T>.Unknown(message),
            _ => new CallOutcome<T>.Refused(code, message),
        };
    }

    /// <summary>What a failure on the way means; null when it is not one of the way's.</summary>
    public static CallOutcome<T>? For<T>(Exception failure) => failure switch
    {
        BrokenCircuitException broken =>
            new CallOutcome<T>.NotDone("The vendor failed too often just now; it is left alone for a moment.", broken.RetryAfter),
        RateLimiterRejectedException => new CallOutcome<T>.NotDone("Too many calls of this connection wait for the vendor."),
        TimeoutRejectedException timeout => new CallOutcome<T>.Unknown($"No answer within {timeout.Timeout.TotalSeconds:0.#} s."),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        } => new CallOutcome<T>.NotDone("The vendor cannot be reached."),
        // How the handler says that its time limit for connecting is over; nothing was sent yet.
        OperationCanceledException { InnerException: TimeoutException } => new CallOutcome<T>.NotDone("The vendor cannot be reached."),
        HttpRequestException or IOException => new CallOutcome<T>.Unknown("The connection was cut before the vendor answered."),
        _ => null,
    };

    /// <summary>The vendor's <c>Retry-After</c>, in seconds or as a date.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > clock.GetUtcNow() ? date - clock.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };

    private static (string Code, string Message) Problem(HttpStatusCode status, string body)
    {
        try
        {
            if (JsonNode.Parse(body) is JsonObject problem)
                return (Text(problem, CodeMembers) ?? $"{(int)status}", Short(Text(problem, MessageMembers) ?? $"{(int)status}"));
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException or InvalidOperationException)
        {
            // A page of a proxy on the way, most likely; its status says enough.
        }
        return ($"{(int)status}", $"The vendor answered {(int)status}.");
    }

    private static string? Text(JsonObject problem, string[] members)
    {
        foreach (var member in members)
        {
            // As Microsoft Graph and ServiceNow do, the problem may be a member of its own.
            var value = problem[member] is JsonArray { Count: > 0 } list ? list[0] : problem[member];
            if (value is JsonObject inner)
                value = inner["message"];
            if (value is JsonValue && value.ToString() is { Length: > 0 } text)
                return text;
        }
        return null;
    }

    /// <summary>As much of a vendor's words as people and records are given.</summary>
    internal static string Short(string text) => text.Length <= MessageLimit ? text : string.Concat(text.AsSpan(0, MessageLimit - 1), "…");
}
