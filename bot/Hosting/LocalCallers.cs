using DevOpsAI.Bot.Teams;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// In local mode everybody who calls is anybody: administrator, simulated vendor, Teams itself. So nobody is answered but this machine,
/// called by its own name, not through a proxy, and not by a page of somebody else in a browser here.
/// </summary>
internal static partial class LocalCallers
{
    public static void UseLocalCallersOnly(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("DevOpsAI.Bot.Hosting.LocalCallers");
        app.Use((http, next) => IsOpen(http.Request.Path) || Loopback.IsCaller(http) ? next(http) : RefuseAsync(http, logger));
    }

    /// <summary>Probes learn nothing that is not for everybody, and <c>/api/messages</c> judges by the same rule, under its own number in the log.</summary>
    private static bool IsOpen(PathString path) =>
        path.Equals("/healthz", StringComparison.OrdinalIgnoreCase) || path.Equals("/readyz", StringComparison.OrdinalIgnoreCase)
        || path.Equals("/api/messages", StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext http, ILogger logger)
    {
        Refused(logger, http.Request.Method);
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return http.Response.WriteAsync("In local mode the bot answers this machine only: call it as localhost, without a proxy or tunnel, and not from another site's page.", http.RequestAborted);
    }

    [LoggerMessage(EventId = 3032, Level = LogLevel.Warning, Message = "Local mode: a {Method} request through a proxy, under a foreign name or from a foreign page was refused")]
    private static partial void Refused(ILogger logger, DevOpsAI.Logs.Untrusted method);
}
