namespace DevOpsAI.Connections;

/// <summary>Something that was done at the vendor, as the vendor's own log tells it. Text is the vendor's and untrusted.</summary>
/// <param name="Id">The vendor's id of the log line; the same whenever it is read.</param>
/// <param name="OperationId">What the caller named it; null when it was not named, as in the vendor's own console.</param>
/// <param name="Target">Found through the connection whose log it is.</param>
/// <param name="By">Who did it, as the vendor names them.</param>
/// <param name="WithOurCredentials">Whether it was done with the connection's credentials; null when the vendor does not tell.</param>
/// <param name="Arguments">Null when the vendor does not tell.</param>
public sealed record VendorAction(
    string Id,
    string? OperationId,
    string Action,
    Target Target,
    IReadOnlyDictionary<string, string>? Arguments,
    string By,
    bool? WithOurCredentials,
    DateTimeOffset At,
    string Detail);

/// <summary>A part of the vendor's log, oldest first.</summary>
/// <param name="Cursor">Where the next part begins: opaque, at most 200 characters.</param>
/// <param name="More">There is more already.</param>
/// <param name="Gap">The vendor no longer knows the cursor it was asked with, so lines may have been missed; the new cursor begins at its
/// end.</param>
public sealed record ActionPage(IReadOnlyList<VendorAction> Actions, string Cursor, bool More = false, bool Gap = false);

/// <summary>
/// What a connector offers besides <see cref="IConnector"/> when its vendor keeps a log of what was done by whomever. An action that
/// appears in it has happened; one that has happened appears in it sooner or later, in the order of the log.
/// </summary>
public interface IActionLog
{
    /// <summary>
    /// The next part of the log after <paramref name="cursor"/>; with null, no actions and a cursor at the end of the log as it is now.
    /// </summary>
    Task<CallOutcome<ActionPage>> ReadLogAsync(Connection connection, string? cursor, CancellationToken cancellationToken);
}
