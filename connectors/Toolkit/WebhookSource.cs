using System.Security.Cryptography.X509Certificates;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>A delivery as it came in. <paramref name="AccessToken"/> is the query's <c>access_token</c>.</summary>
public sealed record WebhookRequest(string? ContentType, IHeaderDictionary Headers, string? AccessToken, ReadOnlyMemory<byte> Body)
{
    /// <summary>The client certificate whose key the sender holds, as the end of its TLS connection has seen; null for none.</summary>
    public X509Certificate2? Certificate { get; init; }
}

/// <summary>What a delivery says, in the order it says it. Empty when it says nothing, as an empty batch does.</summary>
public sealed record NormalizedEvents(IReadOnlyList<ConnectorEvent> Events);

/// <summary>
/// Understands the deliveries of one kind of sender. Text in them is untrusted; the tenant comes from the connection, never from them.
/// </summary>
public interface IWebhookSource : IConnectionCheck
{
    bool IConnectionCheck.SendsEvents => true;

    /// <summary>True when what it reports is made up; said wherever a person sees it.</summary>
    bool IsSimulation { get; }

    /// <summary>What a delivery over this connection has to prove; any one of them is enough.</summary>
    InboundCredentials GetCredentials(Connection connection);

    /// <summary>
    /// Whether a signature over the body is proof enough for this delivery; it is not when what matters is outside the body.
    /// </summary>
    bool SignatureSuffices(Connection connection, WebhookRequest request) => true;

    /// <summary>Whether the content type is one it can read; asked after authentication.</summary>
    bool Understands(WebhookRequest request);

    /// <summary>
    /// The request that reads the delivery. Its handler throws <see cref="MalformedEventException"/> when it cannot be read.
    /// </summary>
    IRequest<NormalizedEvents> Normalize(Connection connection, WebhookRequest request);
}

/// <summary>A delivery that cannot be read.</summary>
/// <param name="at">The field, as in <c>alerts[1].startsAt</c>; <c>body</c> for the whole.</param>
/// <param name="why">What is wrong with it, to go after the field's name.</param>
public sealed class MalformedEventException(string at, string why) : Exception($"{at}: {why}")
{
    public string Field => at;
}

/// <summary>What the vendor has to be asked about a delivery cannot be had at the moment: it may be delivered again.</summary>
public sealed class VendorUnavailableException(string message) : Exception(message);

public static class WebhookSourceServices
{
    /// <summary>Registers a source so that connections can name it.</summary>
    public static IServiceCollection AddWebhookSource<TSource>(this IServiceCollection services)
        where TSource : class, IWebhookSource => services
        .AddSingleton<TSource>()
        .AddSingleton<IWebhookSource>(provider => provider.GetRequiredService<TSource>())
        .AddSingleton<IConnectionCheck>(provider => provider.GetRequiredService<TSource>());
}
