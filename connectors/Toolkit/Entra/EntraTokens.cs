using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using DevOpsAI.Common;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Entra;

/// <summary>
/// Tokens of Entra that connections call with: app-only, each for one client's directory. One for each connection, fetched once however
/// many ask, and again when it is about to expire, when who is called refuses it, and when the credentials are others.
/// </summary>
internal sealed class EntraTokens(ISecretSource secrets, IHttpMessageHandlerFactory handlers) : IConnectionVitals, IDisposable
{
    /// <summary>How long before its end a person is told to make another certificate: somebody has to upload it.</summary>
    public static readonly TimeSpan WarnBefore = TimeSpan.FromDays(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<string, Place> places = new(StringComparer.Ordinal);

    private sealed class Place
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public string? Digest { get; set; }

        public TokenCredential? Credential { get; set; }

        public string? Last { get; set; }

        public DateTimeOffset? CertificateEnds { get; set; }
    }

    /// <param name="refused">A token that was not taken; null where none was sent yet.</param>
    /// <param name="claims">What is wanted of another one, as the challenge says; null for nothing.</param>
    /// <exception cref="EntraSignInException">Entra gives none.</exception>
    /// <exception cref="SecretUnavailableException">The secret cannot be read.</exception>
    public async Task<string> GetAsync(
        Connection connection, EntraApplication app, string? refused, string? claims, CancellationToken cancellationToken)
    {
        var secret = app.Secret is { } reference ? secrets.Read(reference) : null;
        var place = places.GetOrAdd(connection.CallKey, static _ => new());
        await place.Turn.WaitAsync(cancellationToken);
        try
        {
            var digest = app.Digest(secret);
            // A credential of its own is the only one that forgets a token which was refused before its time.
            if (place.Digest != digest || (refused is not null && refused == place.Last && claims is null))
            {
                var certificate = app.Proof == EntraProof.Certificate ? Certificate(connection, secret!) : null;
                (place.Digest, place.Credential, place.Last) = (digest, Create(app, secret, certificate), null);
                place.CertificateEnds = certificate is null ? null : new DateTimeOffset(certificate.NotAfter);
            }
            var token = await place.Credential!.GetTokenAsync(
                new TokenRequestContext([app.Scope], claims: refused == place.Last ? claims : null), cancellationToken);
            return place.Last = token.Token;
        }
        catch (AuthenticationFailedException failed)
        {
            throw EntraSignIn.Refusal(connection, app, failed);
        }
        finally
        {
            place.Turn.Release();
        }
    }

    /// <summary>Drops the token of a connection that is not used any more. A call in flight ends with its own.</summary>
    public void Forget(string callKey) => places.TryRemove(callKey, out _);

    /// <summary>When the certificate ends that this instance has signed in with.</summary>
    public ValueTask<ConnectionVitals> ReadVitalsAsync(Connection connection, CancellationToken cancellationToken) =>
        new(places.GetValueOrDefault(connection.CallKey)?.CertificateEnds is not { } end
            ? ConnectionVitals.Unknown
            : new ConnectionVitals
            {
                Expiries =
                [
                    new("certificate", end, WarnBefore, "Upload another certificate to the app registration and set Certificate anew."),
                ],
            });

    public void Dispose()
    {
        foreach (var place in places.Values)
            place.Turn.Dispose();
    }

    /// <param name="certificate">Where that is the proof.</param>
    private TokenCredential Create(EntraApplication app, string? secret, X509Certificate2? certificate) => app.Proof switch
    {
        EntraProof.Certificate => new ClientCertificateCredential(
            app.DirectoryId, app.ClientId, certificate,
            Options(new ClientCertificateCredentialOptions { DisableInstanceDiscovery = IsOwn(app) }, app)),
        EntraProof.ManagedIdentity => new ClientAssertionCredential(
            app.DirectoryId, app.ClientId, Assertion(app),
            Options(new ClientAssertionCredentialOptions { DisableInstanceDiscovery = IsOwn(app) }, app)),
        EntraProof.WorkloadIdentity => new WorkloadIdentityCredential(Options(
            new WorkloadIdentityCredentialOptions
            {
                TenantId = app.DirectoryId, ClientId = app.ClientId, DisableInstanceDiscovery = IsOwn(app),
            },
            app)),
        _ => new ClientSecretCredential(
            app.DirectoryId, app.ClientId, secret,
            Options(new ClientSecretCredentialOptions { DisableInstanceDiscovery = IsOwn(app) }, app)),
    };

    /// <summary>The machine's own identity, exchanged for the app's: https://learn.microsoft.com/entra/workload-id/.</summary>
    private static Func<CancellationToken, Task<string>> Assertion(EntraApplication app)
    {
        var identity = new ManagedIdentityCredential(app.IdentityId is { } id
            ? ManagedIdentityId.FromUserAssignedClientId(id)
            : ManagedIdentityId.SystemAssigned);
        var scope = Exchange(app);
        return async stop => (await identity.GetTokenAsync(new TokenRequestContext([scope]), stop)).Token;
    }

    private static string Exchange(EntraApplication app) => app.Cloud.AbsoluteUri switch
    {
        "https://login.microsoftonline.us/" => "api://AzureADTokenExchangeUSGov/.default",
        "https://login.chinacloudapi.cn/" => "api://AzureADTokenExchangeChina/.default",
        _ => "api://AzureADTokenExchange/.default",
    };

    /// <exception cref="EntraSignInException">It is no certificate with a private key.</exception>
    private static X509Certificate2 Certificate(Connection connection, string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (CryptographicException unreadable)
        {
            throw new EntraSignInException(
                "credentials", $"Certificate of {connection.Name} is not PEM text with a certificate and its private key.", false,
                unreadable);
        }
    }

    /// <summary>An authority other than Microsoft's, which Microsoft cannot vouch for.</summary>
    private static bool IsOwn(EntraApplication app) => app.Authority != app.Cloud;

    private TOptions Options<TOptions>(TOptions options, EntraApplication app) where TOptions : TokenCredentialOptions
    {
        options.AuthorityHost = new UriBuilder(app.Authority) { Scheme = Uri.UriSchemeHttps, Port = app.Authority.Port }.Uri;
        options.Retry.MaxRetries = 1;
        options.Retry.NetworkTimeout = Patience;
        // The library asks over https alone; an authority on loopback, which app may name with http, is asked as they say.
        options.Transport = new HttpClientTransport(
            new HttpClient(new LoopbackAuthority(handlers, app.Authority), disposeHandler: true) { Timeout = Patience });
        return options;
    }

    private sealed class LoopbackAuthority(IHttpMessageHandlerFactory handlers, Uri authority) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (authority.Scheme == Uri.UriSchemeHttp && request.RequestUri is { } uri && uri.Authority == authority.Authority)
                request.RequestUri = new UriBuilder(uri) { Scheme = Uri.UriSchemeHttp, Port = uri.Port }.Uri;
            using var invoker = new HttpMessageInvoker(handlers.CreateHandler(VendorClient.ReadingClient), disposeHandler: false);
            return await invoker.SendAsync(request, cancellationToken);
        }
    }
}
