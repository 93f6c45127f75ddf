using System.Globalization;
using System.Text;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tenancy;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace DevOpsAI.Bot.Webhooks;

/// <summary><c>POST /api/events/{connection}</c>: what happened at the tenants, as their tools report it.</summary>
public static class WebhookEndpoints
{
    private const string Path = "/api/events/{connection}";
    private static readonly TimeSpan RetryWhenBusy = TimeSpan.FromSeconds(1);

    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<WebhookOptions, WebhookOptionsValidator>().BindConfiguration("Webhooks");
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookProxiesValidator>();
        // Whose certificate it is a connection says by its thumbprint, so that no authority has to have issued it.
        services.Configure<KestrelServerOptions>(static kestrel =>
            kestrel.ConfigureHttpsDefaults(static https => https.AllowAnyClientCertificate()));
        // Attributes in ce- headers may arrive in any encoding; as Latin-1 no byte is lost and none makes Kestrel refuse the request.
        services.Configure<KestrelServerOptions>(kestrel => kestrel.RequestHeaderEncodingSelector = static name =>
            name.StartsWith("ce-", StringComparison.OrdinalIgnoreCase) ? System.Text.Encoding.Latin1 : null);
        services.AddDeliveryReceipts();
        return services
            .AddSingleton<IntakeGuard>()
            .AddSingleton<DeliveryBodies>()
            .AddSingleton<DeliveryRecorder>()
            .AddSingleton<DeliveryIntake>();
    }

    public static void MapWebhooks(this IEndpointRouteBuilder endpoints)
    {
        var intake = endpoints.ServiceProvider.GetRequiredService<DeliveryIntake>();
        var receipts = endpoints.ServiceProvider.GetRequiredService<DeliveryReceipts>();
        var logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("DevOpsAI.Bot.Webhooks");
        endpoints.MapPost(Path, http => PostAsync(http, intake, receipts, logger));
        endpoints.MapMethods(Path, [HttpMethods.Options], HandshakeAsync);
    }

    private static async Task PostAsync(HttpContext http, DeliveryIntake intake, DeliveryReceipts receipts, ILogger logger)
    {
        var correlation = Begin(http);
        if (await AddressCheck.TryAnswerAsync(http))
            return;
        (Connection Connection, IWebhookSource Source)? known = null;
        var name = "(unknown)";
        using var scope = logger.InDelivery(correlation);
        try
        {
            known = await intake.FindAsync((string)http.Request.RouteValues["connection"]!, http.RequestAborted);
            name = known?.Connection.Name ?? name;
            var events = await intake.TakeAsync(known, http.Request, correlation, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            await http.Response.WriteAsJsonAsync(Receipt.From(events), WebhookJson.Default.Receipt, null, http.RequestAborted);
        }
        catch (OperationCanceledException gone) when (http.RequestAborted.IsCancellationRequested
            || gone.InnerException is ConnectionAbortedException)
        {
            // The sender hung up, or the server stops, which a read learns before the request does. It was told nothing, so it sends again,
            // and what was recorded is then a duplicate.
            http.Abort();
        }
        catch (RefusedException refused)
        {
            logger.DeliveryRefused(name, refused.Status, refused.Message);
            if (refused.ForOperator is { } why)
                logger.DeliveryTurnedAway(name, why);
            http.Response.Headers.WWWAuthenticate = refused.Challenges.ToArray();
            await RefuseAsync(refused.Status, refused.Message, refused.Field, refused.RetryAfter, refused.IsLoss);
        }
        catch (BadHttpRequestException bad)
        {
            logger.DeliveryRefused(name, bad.StatusCode, bad.Message);
            await RefuseAsync(bad.StatusCode, "The request is not valid HTTP.", "body", null);
        }
        catch (NotNowException later)
        {
            logger.DeliveryNotRecorded(later, name);
            await RefuseAsync(StatusCodes.Status503ServiceUnavailable, later.Message, null, later.RetryAfter);
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            logger.DeliveryFailed(failure, name);
            await RefuseAsync(StatusCodes.Status503ServiceUnavailable, "The delivery could not be recorded at the moment.", null,
                RetryWhenBusy);
        }

        Task RefuseAsync(int status, string detail, string? field, TimeSpan? retryAfter, bool isLoss = false)
        {
            if (known is { } found && isLoss)
                receipts.NotTaken(found.Connection, status);
            else if (known is { } refused)
                receipts.Refused(refused.Connection, status);
            return WebhookEndpoints.RefuseAsync(http, status, detail, field, retryAfter, correlation);
        }
    }

    /// <summary>
    /// A sender of CloudEvents asks whether it may send here. Any may, wherever: each delivery proves itself, and the answer does not tell
    /// which connections there are. Its callback address is not called.
    /// </summary>
    private static Task HandshakeAsync(HttpContext http)
    {
        Begin(http);
        http.Response.Headers.Allow = "POST, OPTIONS";
        if (http.Request.Headers["WebHook-Request-Origin"] is [{ Length: > 0 } asked] && Ascii.IsValid(asked))
        {
            http.Response.Headers["WebHook-Allowed-Origin"] = asked;
            http.Response.Headers["WebHook-Allowed-Rate"] = "*";
        }
        http.Response.StatusCode = StatusCodes.Status200OK;
        return Task.CompletedTask;
    }

    private static CorrelationId Begin(HttpContext http)
    {
        var correlation = DeliveryCorrelation.For(http.Request);
        http.Response.Headers[DeliveryCorrelation.Header] = correlation.Value;
        return correlation;
    }

    private static Task RefuseAsync(HttpContext http, int status, string detail, string? field, TimeSpan? retryAfter,
        CorrelationId correlation)
    {
        http.Response.StatusCode = status;
        if (retryAfter is { } wait)
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var problem = new Problem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, field, correlation.Value);
        return http.Response.WriteAsJsonAsync(problem, WebhookJson.Default.Problem, Problem.ContentType, CancellationToken.None);
    }
}
