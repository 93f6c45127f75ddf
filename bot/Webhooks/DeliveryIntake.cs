using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.AspNetCore.WebUtilities;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>
/// Takes one delivery in: authenticate, read, record, in this order, so that only known senders reach the parsers and only what is
/// durable is confirmed. Whatever is wrong ends in a <see cref="RefusedException"/> before anything was recorded.
/// </summary>
internal sealed class DeliveryIntake(
    IConnectionDirectory connections, IEnumerable<IWebhookSource> sources, InboundAuthentication authentication, IntakeGuard guard,
    ITenantDirectory tenants, DeliveryBodies bodies, DeliveryRecorder recorder)
{
    private static readonly InboundCredentials NoCredentials = new(
        new SecretReference(Guid.NewGuid().ToString("n")), null, null, new SecretReference(Guid.NewGuid().ToString("n")));
    private readonly Dictionary<string, IWebhookSource> sources = sources.ToDictionary(
        source => source.Connector, StringComparer.OrdinalIgnoreCase);

    /// <summary>The connection of this name and who understands its deliveries; null when there is none or it does not receive.</summary>
    /// <exception cref="LedgerUnavailableException">Whether there is one cannot be told now.</exception>
    public async ValueTask<(Connection Connection, IWebhookSource Source)?> FindAsync(string name, CancellationToken cancellationToken) =>
        await connections.FindAsync(name, cancellationToken) is { } connection
        && sources.TryGetValue(connection.Connector, out var source)
            ? (connection, source)
            : null;

    public async Task<IReadOnlyList<EventReceipt>> TakeAsync(
        (Connection Connection, IWebhookSource Source)? known, HttpRequest http, CorrelationId correlation,
        CancellationToken cancellationToken)
    {
        using var place = guard.PlaceFor(known?.Connection.Name ?? "(unknown)");
        try
        {
            return await TakeAsync(known, http, place, correlation, cancellationToken);
        }
        catch (RefusedException refused) when (place.IsVerified)
        {
            refused.IsLoss = refused.Status is StatusCodes.Status400BadRequest or StatusCodes.Status408RequestTimeout
                or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType;
            throw;
        }
    }

    private async Task<IReadOnlyList<EventReceipt>> TakeAsync(
        (Connection Connection, IWebhookSource Source)? known, HttpRequest http, IntakeGuard.QueuePlace place, CorrelationId correlation,
        CancellationToken cancellationToken)
    {
        var request = new WebhookRequest(http.ContentType, http.Headers, GetAccessToken(http), default)
        {
            Certificate = http.HttpContext.Connection.ClientCertificate,
        };
        try
        {
            // An unknown connection takes the same steps as a known one with wrong credentials, so that timing tells no names.
            var credentials = known?.Source.GetCredentials(known.Value.Connection) ?? NoCredentials;
            var verdict = authentication.CheckHeaders(credentials, request);
            if (verdict == Verdict.Refused)
                throw DeliveryRefusals.Unverified(known is null ? null : InboundAuthentication.WhyNotSigned(credentials, request));
            var address = http.HttpContext.Connection.RemoteIpAddress;
            if (known is { } named && !SenderAddresses.Allow(named.Connection, address))
                throw DeliveryRefusals.FromElsewhere(address);
            if (verdict == Verdict.InAddress)
                throw DeliveryRefusals.InAddress();
            if (verdict == Verdict.Accepted && !place.TryEnter())
                throw DeliveryRefusals.Busy();
            var body = verdict == Verdict.Accepted
                ? await bodies.ReadAsync(http, cancellationToken)
                : await bodies.ReadUnverifiedAsync(http, place, cancellationToken);
            request = request with { Body = body };
            if (verdict == Verdict.DependsOnBody
                && await authentication.FindFaultAsync(credentials, request, cancellationToken) is { } fault)
                throw DeliveryRefusals.Unverified(known is null ? null : fault);
            if (verdict == Verdict.DependsOnBody && known is { } signed && !signed.Source.SignatureSuffices(signed.Connection, request))
                throw DeliveryRefusals.Unsigned();
            if (verdict == Verdict.DependsOnBody && !place.TryEnter())
                throw DeliveryRefusals.Busy();
        }
        catch (Exception unavailable) when (unavailable is SecretUnavailableException or VendorUnavailableException)
        {
            throw DeliveryRefusals.NotNow("The sender cannot be verified at the moment.", unavailable);
        }
        var (connection, source) = known ?? throw DeliveryRefusals.Unverified();
        if (tenants.FindInOtherRegion(connection.Tenant) is { } elsewhere)
            throw new RefusedException(StatusCodes.Status421MisdirectedRequest, $"{elsewhere.Message} Nothing was recorded.");
        if (!source.Understands(request))
            throw new RefusedException(
                StatusCodes.Status415UnsupportedMediaType, $"This content type is not one that {source.Connector} deliveries have.",
                "Content-Type");
        return await recorder.RecordAsync(connection, source, request, correlation, cancellationToken);
    }

    /// <summary>Read without <see cref="HttpRequest.Query"/>, which most deliveries then never have to build.</summary>
    private static string? GetAccessToken(HttpRequest http)
    {
        if (!http.QueryString.HasValue)
            return null;
        foreach (var pair in new QueryStringEnumerable(http.QueryString.Value))
        {
            if (pair.DecodeName().Span.SequenceEqual("access_token"))
                return pair.DecodeValue().ToString();
        }
        return null;
    }
}
