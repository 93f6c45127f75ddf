using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Inbound;

/// <summary>Decides whether an activity is let in.</summary>
internal sealed class InboundAuthenticator(
    JwtValidator tokens, LocalToken local, TrustedServiceUrls urls, ILocalMode mode, IOptions<TeamsOptions> options)
{
    private const string TeamsChannel = "msteams";

    private readonly IReadOnlyList<DirectoryId> allowed = options.Value switch
    {
        { AllowedTenants.Count: > 0 } given => [.. given.AllowedTenants.Select(id => new DirectoryId(id))],
        { IsLocal: false, TenantId: { } own } => [new(own)],
        _ => [],
    };

    /// <summary>
    /// Looks at what is known before the body is read. The token is that of the caller, for
    /// <see cref="CheckActivity(GoodToken, Activity)"/>.
    /// </summary>
    /// <exception cref="SigningKeysUnavailableException">Nobody can be checked now.</exception>
    public ValueTask<(Rejection Rejection, GoodToken Token)> CheckCallerAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (mode.IsLocal)
            return new((CheckLocalCaller(http), default));
        var headers = http.Request.Headers.Authorization;
        return tokens.CheckTokenAsync(headers.Count == 1 ? headers[0] : null, cancellationToken);
    }

    /// <summary>Whether the caller may send this activity.</summary>
    public Rejection CheckActivity(GoodToken token, Activity activity)
    {
        var rejection = mode.IsLocal ? Rejection.None : JwtValidator.CheckActivity(token, activity.ChannelId, activity.ServiceUrl);
        return rejection is Rejection.None ? CheckActivity(activity) : rejection;
    }

    /// <summary>401 when we do not know who calls, 403 when we do and it is not acceptable.</summary>
    public static int GetStatus(Rejection rejection) =>
        rejection < Rejection.NotEndorsed ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden;

    private Rejection CheckLocalCaller(HttpContext http)
    {
        if (!Loopback.IsCaller(http))
            return Rejection.NotFromThisMachine;
        return local.IsInHeaderOf(http.Request) || local.IsInAddressOf(http.Request) ? Rejection.None : Rejection.NoToken;
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
