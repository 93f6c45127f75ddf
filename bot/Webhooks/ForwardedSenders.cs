using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DevOpsAI.Common;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>
/// Who sends a delivery that a proxy hands on: the address and the client certificate that the proxy has seen. Only what comes from one of
/// <see cref="WebhookOptions.Proxies"/> is believed.
/// </summary>
internal static class ForwardedSenders
{
    public static void UseForwardedSenders(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<WebhookOptions>>().Value;
        var proxies = Networks.Parse(options.Proxies);
        if (proxies.Count == 0)
            return;
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = 1 };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
            forwarded.KnownIPNetworks.Add(proxy);
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments("/api/events", StringComparison.OrdinalIgnoreCase)
                && Networks.Contain(proxies, http.Connection.RemoteIpAddress),
            branch => branch
                .Use((http, next) =>
                {
                    // The peer's own certificate, if it has one, is the proxy's.
                    http.Connection.ClientCertificate = Read(http.Request.Headers, options.CertificateHeader);
                    return next(http);
                })
                .UseForwardedHeaders(forwarded));
    }

    /// <summary>The certificate in a header: as Envoy tells it, as PEM in URL encoding, or in base64; null for none.</summary>
    public static X509Certificate2? Read(IHeaderDictionary headers, string? name)
    {
        if (name is null || headers[name] is not [.., { Length: > 0 } text])
            return null;
        try
        {
            var pem = FindMember(text, "Cert") ?? text;
            return pem.StartsWith("-----BEGIN", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromPem(Uri.UnescapeDataString(pem))
                : X509CertificateLoader.LoadCertificate(Convert.FromBase64String(pem));
        }
        catch (Exception unreadable) when (unreadable is FormatException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// A member of the last element of Envoy's header, as in <c>Hash=…;Cert="…";Subject="…"</c>, which is that of the nearest proxy; what
    /// is quoted separates nothing. Null where there is none.
    /// </summary>
    private static string? FindMember(string elements, string name)
    {
        string? found = null;
        foreach (var (member, isFirst) in Members(elements))
        {
            if (isFirst)
                found = null;
            if (member.StartsWith($"{name}=", StringComparison.OrdinalIgnoreCase))
                found = member[(name.Length + 1)..];
        }
        return found;
    }

    private static IEnumerable<(string Member, bool IsFirst)> Members(string elements)
    {
        var member = new StringBuilder();
        var (isQuoted, isFirst) = (false, true);
        for (var at = 0; at < elements.Length; at++)
        {
            var letter = elements[at];
            if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (isQuoted && letter == '\\' && at + 1 < elements.Length)
            {
                member.Append(elements[++at]);
            }
            else if (!isQuoted && letter is (',' or ';'))
            {
                yield return (member.ToString().Trim(), isFirst);
                isFirst = letter == ',';
                member.Clear();
            }
            else
            {
                member.Append(letter);
            }
        }
        yield return (member.ToString().Trim(), isFirst);
    }
}
