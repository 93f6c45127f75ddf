using Microsoft.AspNetCore.WebUtilities;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>
/// Microsoft Graph asks an address whether it takes notifications before it sends any: whoever is there says the token of the query.
/// https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
/// </summary>
internal static class AddressCheck
{
    private const string Parameter = "validationToken";
    private const int MaxTokenLength = 4096;

    /// <summary>
    /// Answers such a question; false when it is none. Any asker is answered at any name, since each notification proves itself and the
    /// answer does not tell which connections there are. It is plain text that no browser takes for anything else.
    /// </summary>
    public static async Task<bool> TryAnswerAsync(HttpContext http)
    {
        // What has a body says something, whatever its address.
        if (http.Request.ContentLength > 0 || Find(http.Request.QueryString) is not { Length: > 0 and <= MaxTokenLength } token)
            return false;
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        await http.Response.WriteAsync(token, http.RequestAborted);
        return true;
    }

    private static string? Find(QueryString query)
    {
        if (!query.HasValue)
            return null;
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            if (pair.DecodeName().Span.SequenceEqual(Parameter))
                return pair.DecodeValue().ToString();
        }
        return null;
    }
}
