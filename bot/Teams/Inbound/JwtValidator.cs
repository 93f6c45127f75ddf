using System.Collections.Concurrent;
using DevOpsAI.Bot.Teams.Settings;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Inbound;

/// <summary>Why an activity was not let in, for the log; the sender is told the status alone.</summary>
internal enum Rejection
{
    None,
    NoToken,
    BadScheme,
    Malformed,
    WrongIssuer,
    UnknownKey,
    BadSignature,
    WrongAudience,
    NotYetValid,
    Expired,
    NotEndorsed,
    WrongChannel,
    WrongServiceUrl,
    UntrustedServiceUrl,
    TenantNotAllowed,
    NotFromThisMachine,
}

/// <summary>A token that was found good by itself, and the key that signed it.</summary>
internal readonly record struct GoodToken(SignedToken Token, SigningKey Key);

/// <summary>
/// Checks the Bot Connector's token: signed by a key of its metadata, exact issuer and audience, five minutes of clock skew,
/// the key endorses the channel, and the token names the activity's service URL. The token does not cover the body.
/// The Bot Connector sends one token many times, so that a signature once found good is remembered with the key that made it;
/// everything else is checked every time, and a key that is published no more takes its tokens with it.
/// </summary>
internal sealed class JwtValidator(SigningKeys keys, IOptions<TeamsOptions> options, TimeProvider clock)
{
    private const int MaxRemembered = 1_000;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxLife = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, (SignedToken Token, SigningKey Key)> verified = new(StringComparer.Ordinal);

    private readonly string issuer = CloudEnvironment.From(options.Value).Issuer;
    private readonly string audience = options.Value.AppId ?? "";

    /// <summary>Judges the token by itself, before anything else of the request is looked at.</summary>
    /// <param name="authorization">The header as received; null when there is none.</param>
    /// <exception cref="SigningKeysUnavailableException">No keys to check with.</exception>
    public async ValueTask<(Rejection Rejection, GoodToken Token)> CheckTokenAsync(
        string? authorization, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(authorization))
            return (Rejection.NoToken, default);
        var isKnown = verified.TryGetValue(authorization, out var known);
        var (token, malformed) = isKnown ? (known.Token, Rejection.None) : Read(authorization);
        if (token is null)
            return (malformed, default);
        if (token.Text("iss") != issuer)
            return (Rejection.WrongIssuer, default);
        // Before the key is looked for: a token that would be refused anyway forces no fetch of the keys.
        if (CheckClaims(token) is var rejection and not Rejection.None)
            return (rejection, default);
        if (await keys.FindAsync(token.KeyId, mayForce: IsPlausible(token), cancellationToken) is not { } key)
            return (Rejection.UnknownKey, default);
        if (!(isKnown && ReferenceEquals(known.Key, key)))
        {
            if (!key.Verifies(token))
                return (Rejection.BadSignature, default);
            Remember(authorization, token, key);
        }
        return (Rejection.None, new(token, key));
    }

    /// <summary>Whether a token that is good by itself fits the activity it came with.</summary>
    public static Rejection CheckActivity(GoodToken good, string? channelId, string? serviceUrl)
    {
        if (channelId is null || !good.Key.Endorsements.Contains(channelId, StringComparer.Ordinal))
            return Rejection.NotEndorsed;
        var claims = good.Token.Claims.EnumerateObject()
            .Where(static claim => claim.Name.Equals("serviceurl", StringComparison.OrdinalIgnoreCase)).ToList();
        return claims is [{ Value.ValueKind: System.Text.Json.JsonValueKind.String } claim]
            && serviceUrl is not null
            && TrustedServiceUrls.AreSame(claim.Value.GetString()!, serviceUrl)
            ? Rejection.None
            : Rejection.WrongServiceUrl;
    }

    private static (SignedToken? Token, Rejection Rejection) Read(string authorization)
    {
        var header = authorization.Split(' ');
        if (header.Length != 2 || !header[0].Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            return (null, Rejection.BadScheme);
        return SignedToken.Read(header[1]) is { } token ? (token, Rejection.None) : (null, Rejection.Malformed);
    }

    private void Remember(string authorization, SignedToken token, SigningKey key)
    {
        if (verified.Count >= MaxRemembered)
            verified.Clear();
        verified[authorization] = (token, key);
    }

    private Rejection CheckClaims(SignedToken token)
    {
        if (audience.Length == 0 || !audience.Equals(token.Text("aud"), StringComparison.OrdinalIgnoreCase))
            return Rejection.WrongAudience;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        if (token.Seconds("exp") is not { } expires || now >= expires + Skew.TotalSeconds)
            return Rejection.Expired;
        if (token.Claims.TryGetProperty("nbf", out _) && !(token.Seconds("nbf") is { } begins && now >= begins - Skew.TotalSeconds))
            return Rejection.NotYetValid;
        return Rejection.None;
    }

    /// <summary>The Bot Connector's tokens last an hour, some a day: one that lasts for years was made to have the keys fetched.</summary>
    private bool IsPlausible(SignedToken token) => token.Seconds("exp") < (clock.GetUtcNow() + MaxLife + Skew).ToUnixTimeSeconds();
}
