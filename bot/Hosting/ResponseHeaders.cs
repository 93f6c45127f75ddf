namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// What every answer says to a browser that it should reach: not to guess types, run, frame, keep or pass anything on. An endpoint that has
/// more to say, as a page has, says it instead.
/// </summary>
internal static class ResponseHeaders
{
    /// <summary>A year, as browsers take it for lasting.</summary>
    private const string Hsts = "max-age=31536000";

    /// <param name="behindTls">A proxy in front ends TLS, so that whoever reads this came by https.</param>
    public static void UseAnswerHeaders(this WebApplication app, bool behindTls) => app.Use((http, next) =>
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (behindTls || http.Request.IsHttps)
            headers.StrictTransportSecurity = Hsts;
        return next(http);
    });
}
