using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Common;
using Microsoft.Extensions.Options;
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.AppConfig;

namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>Our own token for the Bot Connector.</summary>
internal interface IBotTokens
{
    /// <exception cref="TokenUnavailableException">There is none now.</exception>
    Task<string> GetAsync(CancellationToken cancellationToken);

    /// <summary>The connector refused this one: the next call fetches another. One that came meanwhile stays.</summary>
    void Drop(string token);
}

/// <summary>Entra gave us no token; nothing was sent. The message holds no secret.</summary>
internal sealed class TokenUnavailableException(string message, Exception inner) : Exception(message, inner);

/// <summary>
/// One token serves all conversations: kept until five minutes before it expires, fetched once however many ask, and a token that is
/// still valid stays in use while fetching fails.
/// </summary>
internal sealed class BotTokens(
    IHttpClientFactory clients, IOptions<TeamsOptions> options, ISecretSource secrets, TimeProvider clock, ILogger<BotTokens> logger)
    : IBotTokens, IDisposable
{
    /// <summary>Named client for the login host.</summary>
    public const string Client = "teams-login";

    private static readonly TimeSpan RefreshBefore = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Lazy<Func<bool, CancellationToken, Task<AuthenticationResult>>> source =
        new(() => Source(clients, options.Value, secrets));
    private volatile Held? held;

    private sealed record Held(string Token, DateTimeOffset ExpiresOn, bool Dropped = false);

    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        if (IsFresh(held))
            return held!.Token;
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (IsFresh(held))
                return held!.Token;
            var result = await source.Value(held is { Dropped: true }, cancellationToken);
            held = new(result.AccessToken, result.ExpiresOn);
            return result.AccessToken;
        }
        catch (Exception error)
            when (error is MsalException or HttpRequestException or CryptographicException or IOException or UnauthorizedAccessException
                or SecretUnavailableException)
        {
            var reason = error switch
            {
                MsalException msal => msal.ErrorCode,
                SecretUnavailableException => error.Message,
                _ => error.GetType().Name,
            };
            logger.NoToken(reason);
            if (held is { Dropped: false } valid && valid.ExpiresOn > clock.GetUtcNow())
                return valid.Token;
            throw new TokenUnavailableException($"No token for the Bot Connector ({reason}).", error);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Drop(string token)
    {
        if (held is { } current && current.Token == token)
            Interlocked.CompareExchange(ref held, current with { Dropped = true }, current);
    }

    public void Dispose() => turn.Dispose();

    private bool IsFresh(Held? token) => token is { Dropped: false } && token.ExpiresOn - clock.GetUtcNow() > RefreshBefore;

    private static Func<bool, CancellationToken, Task<AuthenticationResult>> Source(
        IHttpClientFactory clients, TeamsOptions options, ISecretSource secrets)
    {
        var cloud = CloudEnvironment.From(options);
        if (options.ManagedIdentity)
        {
            var identity = ManagedIdentityApplicationBuilder.Create(ManagedIdentityId.WithUserAssignedClientId(options.AppId)).Build();
            var resource = cloud.Scope[..^"/.default".Length];
            return (force, cancellationToken) =>
                identity.AcquireTokenForManagedIdentity(resource).WithForceRefresh(force).ExecuteAsync(cancellationToken);
        }
        IConfidentialClientApplication? app = null;
        string? builtWith = null;
        string[] scopes = [cloud.Scope];
        return (force, cancellationToken) =>
        {
            // Read every time: a secret that was rotated in its file needs no restart.
            var setting = options.CertificatePath is { Length: > 0 } ? options.CertificatePassword : options.ClientSecret;
            var secret = setting is null ? null : secrets.Read(new(setting));
            if (app is null || secret != builtWith)
                (app, builtWith) = (Application(clients, options, cloud, secret), secret);
            return app.AcquireTokenForClient(scopes).WithForceRefresh(force).ExecuteAsync(cancellationToken);
        };
    }

    /// <param name="secret">The client secret, or the certificate's password; null where there is neither.</param>
    private static IConfidentialClientApplication Application(
        IHttpClientFactory clients, TeamsOptions options, CloudEnvironment cloud, string? secret)
    {
        // MSAL speaks https only. A login host on loopback (tests) is reached by rewriting the address below it.
        var authority = cloud.LoginHost.Scheme == Uri.UriSchemeHttps ? cloud.LoginHost : new Uri("https://login.microsoftonline.com/");
        var builder = ConfidentialClientApplicationBuilder.Create(options.AppId)
            .WithAuthority(new Uri(authority, options.TenantId).ToString(), validateAuthority: false)
            .WithInstanceDiscovery(false)
            .WithHttpClientFactory(new MsalClients(clients));
        if (options.FederatedTokenFile is { Length: > 0 } file)
        {
            return builder.WithClientAssertion(async (AssertionRequestOptions request) =>
                (await File.ReadAllTextAsync(file, request.CancellationToken)).Trim()).Build();
        }
        return options.CertificatePath is { Length: > 0 } path
            ? builder.WithCertificate(LoadCertificate(path, secret)).Build()
            : builder.WithClientSecret(secret).Build();
    }

    private static X509Certificate2 LoadCertificate(string path, string? password)
    {
        if (!path.EndsWith(".pem", StringComparison.OrdinalIgnoreCase))
            return X509CertificateLoader.LoadPkcs12FromFile(path, password);
        return password is null ? X509Certificate2.CreateFromPemFile(path) : X509Certificate2.CreateFromEncryptedPemFile(path, password);
    }

    private sealed class MsalClients(IHttpClientFactory clients) : IMsalHttpClientFactory
    {
        public HttpClient GetHttpClient() => clients.CreateClient(Client);
    }
}

/// <summary>Sends MSAL's calls to <c>Teams:LoginUrl</c> when that is http on loopback, which only tests configure.</summary>
internal sealed class LoopbackLogin(IOptions<TeamsOptions> options) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (options.Value.LoginUrl is { } login && login.Scheme == Uri.UriSchemeHttp && Loopback.Is(login) && request.RequestUri is { } uri)
            request.RequestUri = new Uri(login, uri.PathAndQuery);
        return base.SendAsync(request, cancellationToken);
    }
}
