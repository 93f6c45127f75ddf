using DevOpsAI.Bot.Teams.Settings;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// In local mode everybody who is let in is anybody: administrator, Teams itself. So nobody is but this machine, called by its own name,
/// not through a proxy and not by a page of somebody else in a browser here; and, since a proxy can hide itself, but who shows the token
/// of this start.
/// </summary>
internal static partial class LocalCallers
{
    private const string Page = "/localteams";

    public static void UseLocalCallersOnly(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("DevOpsAI.Bot.Hosting.LocalCallers");
        var token = app.Services.GetRequiredService<LocalToken>();
        app.Use((http, next) =>
        {
            if (IsOpen(http.Request.Path))
                return next(http);
            if (!Loopback.IsCaller(http))
                return RefuseStrangerAsync(http, logger);
            if (IsOpened(http.Request, token))
                return EnterAsync(http, token);
            return HasSecretsOfItsOwn(http.Request.Path) || IsShown(http.Request, token)
                ? next(http)
                : RefuseWithoutTokenAsync(http, logger);
        });
    }

    private static bool IsShown(HttpRequest request, LocalToken token) =>
        token.IsInHeaderOf(request) || token.Is(request.Cookies[GetCookie(request)]);

    /// <summary>Where the page is opened with the token in the address, as the bot prints it.</summary>
    public static string PageAddress(string address, LocalToken token) =>
        $"{address}{Page}?{LocalToken.InAddress}={Uri.EscapeDataString(token.Value)}";

    /// <summary>
    /// Probes learn nothing that is not for everybody; <c>/api/messages</c> judges alike, under its own number in the log.
    /// </summary>
    private static bool IsOpen(PathString path) =>
        Health.IsProbe(path)
        || path.Equals("/api/messages", StringComparison.OrdinalIgnoreCase);

    /// <summary>Connections and the simulated vendor know their callers by the secrets of each connection.</summary>
    private static bool HasSecretsOfItsOwn(PathString path) =>
        path.StartsWithSegments("/api/events", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/sandbox", StringComparison.OrdinalIgnoreCase);

    private static bool IsOpened(HttpRequest request, LocalToken token) =>
        HttpMethods.IsGet(request.Method) && request.Path.Equals(Page, StringComparison.OrdinalIgnoreCase) && token.IsInAddressOf(request);

    /// <summary>Takes the token out of the address, where it would be seen, and kept by the browser's history.</summary>
    private static Task EnterAsync(HttpContext http, LocalToken token)
    {
        http.Response.Cookies.Append(
            GetCookie(http.Request),
            token.Value,
            new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/" });
        var rest = http.Request.Query.Where(static one => !one.Key.Equals(LocalToken.InAddress, StringComparison.OrdinalIgnoreCase));
        http.Response.Redirect(Page + QueryString.Create(rest));
        return Task.CompletedTask;
    }

    /// <summary>Cookies do not tell ports apart, and two bots may run on one machine.</summary>
    private static string GetCookie(HttpRequest request) => $"local-teams-{request.Host.Port ?? 80}";

    private static Task RefuseStrangerAsync(HttpContext http, ILogger logger)
    {
        Refused(logger, http.Request.Method);
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return http.Response.WriteAsync(
            "In local mode the bot answers this machine only: call it as localhost, without a proxy or tunnel, and not from another "
            + "site's page.",
            http.RequestAborted);
    }

    private static Task RefuseWithoutTokenAsync(HttpContext http, ILogger logger)
    {
        WithoutToken(logger, http.Request.Method);
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.WWWAuthenticate = "Bearer";
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(
            $"Open the address of Local Teams that the bot printed when it started, which ends in ?{LocalToken.InAddress}=...; "
            + $"a script sends what is in {LocalTokenFile.Name} in the bot's data folder, as in \"Authorization: Bearer ...\".",
            http.RequestAborted);
    }

    [LoggerMessage(EventId = 3032, Level = LogLevel.Warning,
        Message = "Local mode: a {Method} request through a proxy, under a foreign name or from a foreign page was refused")]
    private static partial void Refused(ILogger logger, DevOpsAI.Common.Untrusted method);

    [LoggerMessage(
        EventId = 3033, Level = LogLevel.Warning, Message = "Local mode: a {Method} request without the token of this start was refused")]
    private static partial void WithoutToken(ILogger logger, DevOpsAI.Common.Untrusted method);
}
