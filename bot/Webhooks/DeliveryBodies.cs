using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>Reads the bodies of deliveries, each in its time.</summary>
internal sealed class DeliveryBodies(IOptions<WebhookOptions> options, TimeProvider clock)
{
    private static readonly MinDataRate UnverifiedRate = new(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(2));

    public Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest http, CancellationToken cancellationToken) =>
        ReadAsync(http, options.Value.BodyTimeout, cancellationToken);

    /// <summary>Of a sender who has not proved itself: not slowly, and only while no other needs the place.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadUnverifiedAsync(
        HttpRequest http, IntakeGuard.QueuePlace place, CancellationToken cancellationToken)
    {
        if (http.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = UnverifiedRate;
        var pushedOut = place.Arrive(http.HttpContext.Connection.RemoteIpAddress);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pushedOut);
        try
        {
            return await ReadAsync(http, options.Value.UnverifiedBodyTimeout, either.Token);
        }
        catch (OperationCanceledException) when (pushedOut.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The rest of its body is not waited for either.
            http.HttpContext.Response.Headers.Connection = "close";
            throw DeliveryRefusals.Busy();
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest http, TimeSpan time, CancellationToken cancellationToken)
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
}
