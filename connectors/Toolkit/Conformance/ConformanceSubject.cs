using System.Text.RegularExpressions;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Incidents;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>What is put through the checks: a connector and what it has for events.</summary>
/// <param name="Polls">Null when its vendor is not asked for events.</param>
/// <param name="Events">Null when its vendor sends none.</param>
internal sealed record ConformanceSubject(IConnector Connector, IPolledSource? Polls, IInboundSubject? Events)
{
    /// <summary>A manifest's connector as the bot would have it, with services of its own.</summary>
    public static (ConformanceSubject Subject, ServiceProvider Services) For(Manifest manifest, TimeProvider clock)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(clock)
            .AddSingleton<ISecretSource>(new SecretSource(clock))
            .AddSingleton<InboundAuthentication>()
            .AddManifestCalls()
            .AddManifest(WithPlayedKey(manifest))
            .BuildServiceProvider();
        var source = services.GetServices<IWebhookSource>().FirstOrDefault();
        var events = source is null
            ? null
            : new InboundSubject(source, services.GetRequiredService<InboundAuthentication>(), new NormalizeByManifestHandler(clock));
        return (new(services.GetRequiredService<IConnector>(), services.GetService<IPolledSource>(), events), services);
    }

    /// <summary>With the path at which the stand-in tells the key of its signatures, since none can be made up from a pattern.</summary>
    private static Manifest WithPlayedKey(Manifest manifest) => manifest.Webhook is not { Sender.FetchedKey: { } rule } webhook
        ? manifest
        : manifest with
        {
            Webhook = webhook with
            {
                Sender = webhook.Sender with
                {
                    FetchedKey = rule with { Path = new(Regex.Escape(DeliverySamples.KeyPath)) },
                },
            },
        };
}

/// <summary>How deliveries are taken: first whether the sender is who it says, then what it says.</summary>
internal interface IInboundSubject
{
    Task<bool> AcceptsAsync(Connection connection, WebhookRequest request, CancellationToken cancellationToken);

    /// <exception cref="MalformedEventException">It cannot be read.</exception>
    Task<IReadOnlyList<ConnectorEvent>> ReadAsync(Connection connection, WebhookRequest request, CancellationToken cancellationToken);
}

internal sealed class InboundSubject(
    IWebhookSource source, InboundAuthentication authentication, IRequestHandler<NormalizeByManifest, NormalizedEvents> handler)
    : IInboundSubject
{
    public async Task<bool> AcceptsAsync(Connection connection, WebhookRequest request, CancellationToken cancellationToken)
    {
        var credentials = source.GetCredentials(connection);
        return authentication.CheckHeaders(credentials, request) switch
        {
            Verdict.Accepted => true,
            Verdict.DependsOnBody => await authentication.CheckBodyAsync(credentials, request, cancellationToken)
                && source.SignatureSuffices(connection, request),
            _ => false,
        };
    }

    public async Task<IReadOnlyList<ConnectorEvent>> ReadAsync(
        Connection connection, WebhookRequest request, CancellationToken cancellationToken) =>
        (await handler.Handle((NormalizeByManifest)source.Normalize(connection, request), cancellationToken)).Events;
}
