using System.Security.Cryptography;
using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>A delivery is not taken: the status and what the sender is told.</summary>
internal sealed class RefusedException(int status, string why, string? at = null, TimeSpan? retryAfter = null) : Exception(why)
{
    public int Status => status;

    public string? Field => at;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>The sender had proved itself and sending the same again changes nothing, so that what it said is lost.</summary>
    public bool IsLoss { get; set; }

    /// <summary>For <c>WWW-Authenticate</c>.</summary>
    public IReadOnlyList<string> Challenges { get; init; } = [];
}

/// <summary>
/// Takes one delivery in: authenticate, read, record, in this order, so that only known senders reach the parsers and only what is
/// durable is confirmed. Whatever is wrong ends in a <see cref="RefusedException"/> before anything was recorded.
/// </summary>
internal sealed class DeliveryIntake(
    IConnectionDirectory connections,
    IEnumerable<IWebhookSource> sources,
    InboundAuthentication authentication,
    IntakeGuard guard,
    IMediator mediator,
    ITenantDirectory tenants,
    DeliveryReceipts receipts,
    IOptions<WebhookOptions> options,
    TimeProvider clock,
    ILogger<DeliveryIntake> logger)
{
    private static readonly TimeSpan RetryWhenBusy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfterOutage = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryWhenRestored = TimeSpan.FromMinutes(1);
    private static readonly MinDataRate UnverifiedRate = new(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(2));
    private static readonly InboundCredentials NoCredentials = new(new SecretReference(Guid.NewGuid().ToString("n")), null, null, new SecretReference(Guid.NewGuid().ToString("n")));
    private readonly Dictionary<string, IWebhookSource> sources = sources.ToDictionary(source => source.Connector, StringComparer.OrdinalIgnoreCase);

    /// <summary>The connection of this name and who understands its deliveries; null when there is none or it does not receive.</summary>
    public (Connection Connection, IWebhookSource Source)? Find(string name) =>
        connections.Named(name) is { } connection && sources.TryGetValue(connection.Connector, out var source) ? (connection, source) : null;

    public async Task<IReadOnlyList<EventReceipt>> TakeAsync(
        (Connection Connection, IWebhookSource Source)? known, HttpRequest http, string correlation, CancellationToken cancellationToken)
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
        (Connection Connection, IWebhookSource Source)? known, HttpRequest http, IntakeGuard.Place place, string correlation, CancellationToken cancellationToken)
    {
        var request = new WebhookRequest(http.ContentType, http.Headers, AccessTokenOf(http), default);
        try
        {
            // An unknown connection takes the same steps as a known one with wrong credentials, so that timing tells no names.
            var credentials = known?.Source.CredentialsOf(known.Value.Connection) ?? NoCredentials;
            var verdict = authentication.CheckHeaders(credentials, request);
            if (verdict == Verdict.Refused)
                throw Refuse();
            if (verdict == Verdict.InAddress)
                throw InAddress();
            if (verdict == Verdict.Accepted && !place.TryEnter())
                throw Busy();
            var body = verdict == Verdict.Accepted
                ? await ReadBodyAsync(http, options.Value.BodyTimeout, cancellationToken)
                : await ReadUnverifiedBodyAsync(http, place, cancellationToken);
            request = request with { Body = body };
            if (verdict == Verdict.DependsOnBody && !authentication.CheckBody(credentials, request))
                throw Refuse();
            if (verdict == Verdict.DependsOnBody && known is { } signed && !signed.Source.SignatureSuffices(signed.Connection, request))
                throw Unsigned();
            if (verdict == Verdict.DependsOnBody && !place.TryEnter())
                throw Busy();
        }
        catch (SecretUnavailableException unavailable)
        {
            throw NotNow("The sender cannot be verified at the moment.", unavailable);
        }
        var (connection, source) = known ?? throw Refuse();
        if (tenants.FindElsewhere(connection.Tenant) is { } elsewhere)
            throw new RefusedException(StatusCodes.Status421MisdirectedRequest, $"{elsewhere.Sentence} Nothing was recorded.");
        if (!source.Understands(request))
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, $"This content type is not one that {source.Connector} deliveries have.", "Content-Type");
        return await RecordAsync(connection, source, request, correlation, cancellationToken);
    }

    private async Task<IReadOnlyList<EventReceipt>> RecordAsync(
        Connection connection, IWebhookSource source, WebhookRequest request, string correlation, CancellationToken cancellationToken)
    {
        try
        {
            var normalised = await NormaliseAsync(source, request, cancellationToken);
            var digest = Convert.ToHexStringLower(SHA256.HashData(request.Body.Span));
            IReadOnlyList<EventReceipt> events = normalised.Events.Count == 0 ? [] : await mediator.Send(
                new ReceiveEvents(connection.Tenant, connection.Name, source.IsSimulation, normalised.Events, correlation, digest), cancellationToken);
            var duplicates = events.Count(static one => one.Duplicate);
            receipts.Accepted(connection, events.Count - duplicates, duplicates);
            return events;
        }
        catch (MalformedEventException malformed)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, malformed.Message, malformed.Field);
        }
        catch (LedgerDamagedException damaged)
        {
            throw new NotNowException("This client's record is damaged and has to be restored first; nothing was recorded.", RetryWhenRestored, damaged);
        }
        catch (UnrecordableEventException unfit)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, unfit.Message, unfit.Position is { } position ? $"events[{position}]" : null);
        }
        catch (ClockJumpedException jumped)
        {
            throw new NotNowException("The clock of this machine jumped; nothing was recorded.", RetryWhenRestored, jumped);
        }
        catch (LedgerUnavailableException unavailable)
        {
            throw NotNow(
                unavailable.MayBeRecorded
                    ? "The ledger does not answer at the moment, and whether this was recorded is not known. Send it again: an event is recorded once."
                    : "The ledger cannot be written at the moment; nothing was recorded.",
                unavailable);
        }
    }

    /// <summary>Reading a delivery asks nobody, so what goes wrong with it goes wrong each time it is sent.</summary>
    private async Task<Normalised> NormaliseAsync(IWebhookSource source, WebhookRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await mediator.Send(source.Normalise(request), cancellationToken);
        }
        catch (Exception unexpected) when (unexpected is not (MalformedEventException or OperationCanceledException or LedgerUnavailableException))
        {
            logger.DeliveryUnreadable(unexpected, source.Connector);
            throw new RefusedException(StatusCodes.Status400BadRequest, "The delivery cannot be read; the log says why.", "body");
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadUnverifiedBodyAsync(HttpRequest http, IntakeGuard.Place place, CancellationToken cancellationToken)
    {
        if (http.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = UnverifiedRate;
        var pushedOut = place.Arrive(http.HttpContext.Connection.RemoteIpAddress);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pushedOut);
        try
        {
            return await ReadBodyAsync(http, options.Value.UnverifiedBodyTimeout, either.Token);
        }
        catch (OperationCanceledException) when (pushedOut.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The rest of its body is not waited for either.
            http.HttpContext.Response.Headers.Connection = "close";
            throw Busy();
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest http, TimeSpan time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await RequestBody.ReadAsync(http, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RefusedException(StatusCodes.Status408RequestTimeout, "The body did not arrive in time.");
        }
        catch (BadHttpRequestException bad)
        {
            throw new RefusedException(bad.StatusCode, "The request is not valid HTTP.", "body");
        }
        catch (IOException)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, "The body is not valid HTTP.", "body");
        }
        catch (BodyTooLargeException)
        {
            throw new RefusedException(StatusCodes.Status413PayloadTooLarge, "The body is larger than 1 MiB.");
        }
    }

    /// <summary>The same for a connection that there is and for one that there is not, so that nobody learns an MSP's clients by guessing.</summary>
    private static RefusedException Refuse() => new(StatusCodes.Status401Unauthorized, "The sender could not be verified, or there is no such connection.")
    {
        Challenges = InboundCredentials.AllChallenges,
    };

    private static RefusedException InAddress() => new(
        StatusCodes.Status401Unauthorized,
        "The token is right, but it stands in the address, where others log it. Send it as 'Authorization: Bearer ...', "
        + $"or let the connection take it by Settings:{InboundCredentials.TokenInAddress} = allowed.")
    {
        Challenges = InboundCredentials.AllChallenges,
    };

    private static RefusedException Unsigned() => new(
        StatusCodes.Status401Unauthorized,
        "The signature is right, but it does not cover the attributes, which are headers here. Send the event in structured mode, or with the connection's token.")
    {
        Challenges = InboundCredentials.AllChallenges,
    };

    private static RefusedException Busy() => new(StatusCodes.Status429TooManyRequests, "Too many deliveries at once.", retryAfter: RetryWhenBusy);

    private static NotNowException NotNow(string why, Exception cause) => new(why, RetryAfterOutage, cause);

    /// <summary>Read without <see cref="HttpRequest.Query"/>, which most deliveries then never have to build.</summary>
    private static string? AccessTokenOf(HttpRequest http)
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

/// <summary>Something of ours is out of order; the same delivery may be sent again later.</summary>
internal sealed class NotNowException(string why, TimeSpan retryAfter, Exception cause) : Exception(why, cause)
{
    public TimeSpan RetryAfter => retryAfter;
}
