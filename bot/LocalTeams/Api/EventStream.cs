using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace DevOpsAI.LocalTeams.Api;

/// <summary>Changes as server-sent events; the event's id is the change's number, so a dropped stream goes on where it was.</summary>
internal static class EventStream
{
    public static IResult Answer(HttpContext http, long? after, ChangeFeed changes, IHostApplicationLifetime lifetime)
    {
        var since = long.TryParse(http.Request.Headers["Last-Event-ID"], out var last) ? last : after ?? changes.Newest;
        return TypedResults.ServerSentEvents(ReadAsync(since, changes, http.RequestAborted, lifetime.ApplicationStopping));
    }

    /// <summary>Ends when the reader leaves or the host stops; an open stream must not hold up the stop.</summary>
    private static async IAsyncEnumerable<SseItem<Change>> ReadAsync(
        long after, ChangeFeed changes, CancellationToken gone, [EnumeratorCancellation] CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        yield return Item(new Change(Math.Min(after, changes.Newest), "listening")); // headers leave with the first event
        await using var reader = changes.ReadAsync(after, either.Token).GetAsyncEnumerator(CancellationToken.None);
        while (await MoreAsync(reader))
            yield return Item(reader.Current);
    }

    private static SseItem<Change> Item(Change change) => new(change) { EventId = $"{change.Seq}" };

    private static async Task<bool> MoreAsync(IAsyncEnumerator<Change> reader)
    {
        try
        {
            return await reader.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
