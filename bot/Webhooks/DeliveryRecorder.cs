using System.Security.Cryptography;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>Reads the events of a verified delivery and has them recorded; what cannot be is refused with what is wrong.</summary>
internal sealed class DeliveryRecorder(IMediator mediator, DeliveryReceipts receipts, ILogger<DeliveryRecorder> logger)
{
    private static readonly TimeSpan RetryWhenRestored = TimeSpan.FromMinutes(1);

    public async Task<IReadOnlyList<EventReceipt>> RecordAsync(
        Connection connection, IWebhookSource source, WebhookRequest request, CorrelationId correlation,
        CancellationToken cancellationToken)
    {
        try
        {
            var normalized = await NormalizeAsync(connection, source, request, cancellationToken);
            var digest = Convert.ToHexStringLower(SHA256.HashData(request.Body.Span));
            IReadOnlyList<EventReceipt> events = normalized.Events.Count == 0 ? [] : await mediator.Send(
                new ReceiveEvents(
                    connection.Tenant, connection.Name, source.IsSimulation, normalized.Events, correlation, digest), cancellationToken);
            var duplicates = events.Count(static one => one.Duplicate);
            receipts.Accepted(connection, events.Count - duplicates, duplicates);
            return events;
        }
        catch (MalformedEventException malformed)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, malformed.Message, malformed.Field);
        }
        catch (VendorUnavailableException unavailable)
        {
            throw DeliveryRefusals.NotNow($"{unavailable.Message} Nothing was recorded.", unavailable);
        }
        catch (LedgerDamagedException damaged)
        {
            throw new NotNowException(
                "This client's record is damaged and has to be restored first; nothing was recorded.", RetryWhenRestored, damaged);
        }
        catch (UnrecordableEventException unfit)
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest, unfit.Message, unfit.Position is { } position ? $"events[{position}]" : null);
        }
        catch (ClockJumpedException jumped)
        {
            throw new NotNowException("The clock of this machine jumped; nothing was recorded.", RetryWhenRestored, jumped);
        }
        catch (LedgerUnavailableException unavailable)
        {
            throw DeliveryRefusals.NotNow(
                unavailable.MayBeRecorded
                    ? "The ledger does not answer at the moment, and whether this was recorded is not known. "
                        + "Send it again: an event is recorded once."
                    : "The ledger cannot be written at the moment; nothing was recorded.",
                unavailable);
        }
    }

    /// <summary>
    /// Reading a delivery asks nobody but, where it only names a record, the vendor for that: what else goes wrong with it goes wrong each
    /// time it is sent.
    /// </summary>
    private async Task<NormalizedEvents> NormalizeAsync(
        Connection connection, IWebhookSource source, WebhookRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await mediator.Send(source.Normalize(connection, request), cancellationToken);
        }
        catch (Exception unexpected)
            when (unexpected is not (MalformedEventException or VendorUnavailableException or OperationCanceledException
                or LedgerUnavailableException))
        {
            logger.DeliveryUnreadable(unexpected, source.Connector);
            throw new RefusedException(StatusCodes.Status400BadRequest, "The delivery cannot be read; the log says why.", "body");
        }
    }
}
