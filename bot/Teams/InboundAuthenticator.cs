using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams;

/// <summary>Decides whether an activity is let in.</summary>
internal sealed class InboundAuthenticator(JwtValidator tokens, TrustedServiceUrls urls, ILocalMode mode, IOptions<TeamsOptions> options)
{
    private const string TeamsChannel = "msteams";

    private readonly IReadOnlyList<DirectoryId> allowed = options.Value switch
    {
        { AllowedTenants.Count: > 0 } given => [.. given.AllowedTenants.Select(id => new DirectoryId(id))],
        { IsLocal: false, TenantId: { } own } => [new(own)],
        _ => [],
    };

    /// <exception cref="SigningKeysUnavailableException">Nobody can be checked now.</exception>
    public ValueTask<Rejection> CheckAsync(HttpContext http, Activity activity, CancellationToken cancellationToken) =>
        mode.IsLocal ? new(CheckLocal(http, activity)) : CheckTokenAsync(http, activity, cancellationToken);

    /// <summary>401 when we do not know who calls, 403 when we do and it is not acceptable.</summary>
    public static int StatusOf(Rejection rejection) => rejection < Rejection.NotEndorsed ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden;

    private async ValueTask<Rejection> CheckTokenAsync(HttpContext http, Activity activity, CancellationToken cancellationToken)
    {
        var headers = http.Request.Headers.Authorization;
        var authorization = headers.Count == 1 ? headers[0] : null;
        var rejection = await tokens.CheckAsync(authorization, activity.ChannelId, activity.ServiceUrl, cancellationToken);
        return rejection is Rejection.None ? CheckActivity(activity) : rejection;
    }

    /// <summary>A browser page or a proxy on this machine must not lend others our trust in it: the name called by has to be this machine's too.</summary>
    private Rejection CheckLocal(HttpContext http, Activity activity)
    {
        if (!Loopback.IsPeer(http.Connection.RemoteIpAddress)
            || !Loopback.IsHost(http.Request.Host.Host)
            || http.Request.Headers.ContainsKey("X-Forwarded-For")
            || http.Request.Headers.ContainsKey("Forwarded"))
        {
            return Rejection.NotFromThisMachine;
        }
        return CheckActivity(activity);
    }

    private Rejection CheckActivity(Activity activity)
    {
        if (activity.ChannelId != TeamsChannel)
            return Rejection.WrongChannel;
        if (!urls.IsTrusted(activity.ServiceUrl))
            return Rejection.UntrustedServiceUrl;
        // Both places that name a tenant have to agree with the list, whichever of them is used later.
        var channels = activity.ChannelData?.Tenant?.Id is { } id ? new DirectoryId(id) : activity.DirectoryTenant;
        foreach (var directory in (ReadOnlySpan<DirectoryId?>)[activity.DirectoryTenant, channels])
        {
            if (allowed.Count > 0 && (directory is not { } named || !allowed.Contains(named)))
                return Rejection.TenantNotAllowed;
        }
        return Rejection.None;
    }
}
