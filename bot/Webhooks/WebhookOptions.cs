using System.ComponentModel.DataAnnotations;
using DevOpsAI.Common;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>
/// Section <c>Webhooks</c>. Together with the largest body, 1 MiB, the two numbers bound what a flood can take of the memory.
/// </summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// Verified deliveries of one connection that may be in hand at once; more are answered 429. Beside them at most half as many whose
    /// body has to be read before the sender is verified; one more pushes the oldest of them out.
    /// </summary>
    [Range(1, 10_000)]
    public int ConcurrentPerConnection { get; set; } = 128;

    /// <summary>
    /// Verified deliveries of all connections that may be in hand at once. Beside them at most half as many not yet verified.
    /// </summary>
    [Range(1, 100_000)]
    public int Concurrent { get; set; } = 512;

    /// <summary>How long a sender that its headers have verified may take to send its body.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a sender may take whose signature is over the body, so that it is not known before the body is here.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan UnverifiedBodyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Addresses and networks of the proxy in front, as in <c>10.0.0.0/16</c>: the last entry of <c>X-Forwarded-For</c> is then the sender,
    /// when the request comes from there. Empty where nothing is in front.
    /// </summary>
    public string Proxies { get; set; } = "";

    /// <summary>
    /// The header in which that proxy tells the sender's client certificate, as <c>X-Forwarded-Client-Cert</c> or <c>X-ARR-ClientCert</c>.
    /// Only for a proxy that takes the header out of what others send. Null for none.
    /// </summary>
    public string? CertificateHeader { get; set; }
}

[OptionsValidator]
internal sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;

internal sealed class WebhookProxiesValidator : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var problems = Networks.Problems(options.Proxies).Select(static one => $"Webhooks:Proxies: {one}").ToList();
        if (options.CertificateHeader is not null && string.IsNullOrWhiteSpace(options.Proxies))
            problems.Add("Webhooks:CertificateHeader: anybody could write that header; say by Webhooks:Proxies whose is believed.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
