using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Entra;
using Microsoft.Graph;
using Microsoft.Graph.Models.ODataErrors;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>What a call needs of the connection, for refusals that say what to grant.</summary>
/// <param name="Does">As in <c>read devices</c>.</param>
/// <param name="Permission">The least application permission, as in <c>User.Read.All</c>.</param>
/// <param name="Hint">What else it may lack; null for nothing.</param>
internal sealed record GraphRight(string Does, string Permission, string? Hint = null);

/// <summary>
/// Calls Graph through its SDK and says how it ended. The SDK's assembly is 48 MB: it is loaded with the first call and not before, so no
/// signature that is needed to make this class, and no field of a method that waits, may hold one of its types by value.
/// </summary>
internal sealed class GraphCalls(EntraTokens tokens, IHttpMessageHandlerFactory handlers, VendorPipelines pipelines, TimeProvider clock)
{
    private const int MaxPages = 500;
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Drops what is remembered of the calls of a connection that is not used any more.</summary>
    public void Forget(string callKey)
    {
        tokens.Forget(callKey);
        pipelines.Forget(callKey);
    }

    /// <summary>One call that changes nothing.</summary>
    public Task<CallOutcome<TResult>> ReadAsync<TModel, TResult>(
        Connection connection, GraphRight right, Func<GraphServiceClient, CancellationToken, Task<TModel?>> call,
        Func<TModel, TResult> read, CancellationToken cancellationToken) where TModel : class where TResult : class =>
        SendAsync(connection, right, null, call, answer => answer is null ? null : read(answer), cancellationToken);

    /// <summary>One call that changes something; sent once, but for a token that Graph did not take.</summary>
    /// <param name="accepted">What is told when Graph took it; null when what it answered means that it did not.</param>
    public Task<CallOutcome<TResult>> ActAsync<TModel, TResult>(
        Connection connection, GraphRight right, TimeSpan timeLimit, Func<GraphServiceClient, CancellationToken, Task<TModel?>> call,
        Func<TModel?, TResult?> accepted, CancellationToken cancellationToken) where TModel : class where TResult : class =>
        SendAsync(connection, right, timeLimit, call, accepted, cancellationToken);

    /// <summary>All items of a list, page after page, each at Graph's own host.</summary>
    /// <param name="call">Reads a page; the first with null, the others at the address given.</param>
    public async Task<CallOutcome<IReadOnlyList<TResult>>> ListAsync<TPage, TResult>(
        Connection connection, GraphRight right, Func<GraphServiceClient, string?, CancellationToken, Task<TPage?>> call,
        Func<TPage, (IEnumerable<TResult> Items, string? Next)> read, CancellationToken cancellationToken) where TPage : class
    {
        var all = new List<TResult>();
        string? next = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var at = next;
            var outcome = await ReadAsync<TPage, Page<TResult>>(
                connection, right, (graph, stop) => call(graph, at, stop), answer => Page<TResult>.From(read(answer)), cancellationToken);
            if (outcome is not CallOutcome<Page<TResult>>.Done(var (items, following)))
                return outcome.As<IReadOnlyList<TResult>>();
            all.AddRange(items);
            if (following is null)
                return new CallOutcome<IReadOnlyList<TResult>>.Done(all);
            if (!IsOwn(connection, following))
            {
                return new CallOutcome<IReadOnlyList<TResult>>.Refused(
                    "foreign-page", "Microsoft Graph says that its list goes on at another host; the credentials are not sent there.");
            }
            next = following;
        }
        return new CallOutcome<IReadOnlyList<TResult>>.Unknown("Microsoft Graph's list does not end.");
    }

    private sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
    {
        public static Page<T> From((IEnumerable<T> Items, string? Next) read) => new([.. read.Items], read.Next);
    }

    private static bool IsOwn(Connection connection, string link) =>
        GraphSettings.For(connection) is { } settings && Uri.TryCreate(link, UriKind.Absolute, out var next)
        && next.Scheme == settings.Address.Scheme && next.Authority == settings.Address.Authority && next.UserInfo.Length == 0;

    private async Task<CallOutcome<TResult>> SendAsync<TModel, TResult>(
        Connection connection, GraphRight right, TimeSpan? actsWithin, Func<GraphServiceClient, CancellationToken, Task<TModel?>> call,
        Func<TModel?, TResult?> read, CancellationToken cancellationToken) where TModel : class where TResult : class
    {
        if (GraphSettings.For(connection) is not { } settings)
            return new CallOutcome<TResult>.Refused("settings", $"The settings of {connection.Name} have mistakes.");
        try
        {
            using var door = new GraphDoor(
                connection, settings, actsWithin is not null, actsWithin ?? ReadTimeout, tokens, handlers, pipelines);
            var answer = await call(Client(door, settings), cancellationToken);
            return read(answer) is { } result
                ? new CallOutcome<TResult>.Done(result)
                : new CallOutcome<TResult>.Unknown("Microsoft Graph's answer does not say what became of it.");
        }
        catch (EntraSignInException refused)
        {
            return refused.As<TResult>();
        }
        catch (SecretUnavailableException missing)
        {
            return new CallOutcome<TResult>.NotDone(missing.Message);
        }
        catch (ApiException refused) when (refused.ResponseStatusCode >= 300)
        {
            return Refusal<TResult>(connection, right, refused);
        }
        catch (Exception failure)
            when (!cancellationToken.IsCancellationRequested && VendorResponse.For<TResult>(failure) is not null)
        {
            return VendorResponse.For<TResult>(failure)!;
        }
        catch (Exception unreadable) when (unreadable is ApiException or JsonException or InvalidOperationException or FormatException)
        {
            return actsWithin is null
                ? new CallOutcome<TResult>.NotDone("Microsoft Graph answered something in place of data.")
                : new CallOutcome<TResult>.Unknown("Microsoft Graph's answer cannot be read.");
        }
    }

    /// <summary>The SDK on our own way: its own, which repeats what it takes for harmless, has no part in it.</summary>
    private static GraphServiceClient Client(GraphDoor door, GraphSettings settings) => new(
        new HttpClient(door, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, new AnonymousAuthenticationProvider(),
        settings.Address.ToString().TrimEnd('/'));

    /// <summary>By status and code alone; the text of the message is for people.</summary>
    private CallOutcome<T> Refusal<T>(Connection connection, GraphRight right, ApiException refused)
    {
        var error = (refused as ODataError)?.Error;
        var code = error?.Code is { Length: > 0 and < 100 } told ? told : $"{refused.ResponseStatusCode}";
        var said = error?.Message is { Length: > 0 } message ? VendorResponse.Short(message) : $"{refused.ResponseStatusCode}";
        return (HttpStatusCode)refused.ResponseStatusCode switch
        {
            HttpStatusCode.Unauthorized => new CallOutcome<T>.Refused(
                "credentials", $"Microsoft Graph does not take the tokens of {connection.Name} ({code}). Check DirectoryId and Cloud."),
            HttpStatusCode.Forbidden => new CallOutcome<T>.Refused("permission", NotAllowed(right, code)),
            HttpStatusCode.NotFound => new CallOutcome<T>.Refused("gone", $"Microsoft Graph has no such thing any more ({code})."),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => new CallOutcome<T>.NotDone(
                $"Microsoft Graph takes no more calls of {connection.Name} for a moment.", RetryAfter(refused)),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new CallOutcome<T>.Unknown(
                $"Microsoft Graph failed: {said}"),
            _ => new CallOutcome<T>.Refused(code, said),
        };
    }

    private static string NotAllowed(GraphRight right, string code) =>
        $"Microsoft Graph does not let the application {right.Does} ({code}). It needs {right.Permission} with an administrator's consent "
        + $"in the client's directory{(right.Hint is { } hint ? $"; {hint}" : "")}.";

    private TimeSpan? RetryAfter(ApiException refused)
    {
        var text = refused.ResponseHeaders.FirstOrDefault(
            static one => one.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();
        if (!RetryConditionHeaderValue.TryParse(text, out var parsed))
            return null;
        if (parsed.Date is not { } date)
            return parsed.Delta;
        var left = date - clock.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>How the SDK is to read what is not done, for requests that it has no builder for.</summary>
    public static Dictionary<string, ParsableFactory<IParsable>> Errors => new()
    {
        ["XXX"] = ODataError.CreateFromDiscriminatorValue,
    };

    /// <summary>The address of the beta version, for what no other version has.</summary>
    public static string Beta(string address) =>
        $"{(address.EndsWith("/v1.0", StringComparison.OrdinalIgnoreCase) ? address[..^"/v1.0".Length] : address)}/beta";

    /// <summary>A text inside a filter of OData: its quotes are doubled.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A time inside a filter of OData.</summary>
    public static string Instant(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
