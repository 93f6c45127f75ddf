using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>Section <c>Webhooks</c>. Together with the largest body, 1 MiB, the two numbers bound what a flood can take of the memory.</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// Verified deliveries of one connection that may be in hand at once; more are answered 429. Beside them at most half as many whose
    /// body has to be read before the sender is verified.
    /// </summary>
    [Range(1, 10_000)]
    public int ConcurrentPerConnection { get; set; } = 128;

    /// <summary>Deliveries of all connections that may be in hand at once; at most half of them not yet verified.</summary>
    [Range(1, 100_000)]
    public int Concurrent { get; set; } = 512;

    /// <summary>How long a sender may take to send its body.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;
