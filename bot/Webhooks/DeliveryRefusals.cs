using System.Net;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>A delivery is not taken: the status and what the sender is told.</summary>
internal sealed class RefusedException(int status, string why, string? at = null, TimeSpan? retryAfter = null) : Exception(why)
{
    public int Status => status;

    public string? Field => at;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>The sender had proved itself and sending the same again changes nothing, so that what it said is lost.</summary>
    public bool IsLoss { get; set; }

    /// <summary>What somebody has to see who keeps the bot, and the sender is not told; null for nothing.</summary>
    public string? ForOperator { get; init; }

    /// <summary>For <c>WWW-Authenticate</c>.</summary>
    public IReadOnlyList<string> Challenges { get; init; } = [];
}

/// <summary>Something of ours is out of order; the same delivery may be sent again later.</summary>
internal sealed class NotNowException(string why, TimeSpan retryAfter, Exception cause) : Exception(why, cause)
{
    public TimeSpan RetryAfter => retryAfter;
}

/// <summary>The refusals that do not depend on what a delivery says.</summary>
internal static class DeliveryRefusals
{
    private const string NotVerified = "The sender could not be verified, or there is no such connection.";
    private static readonly TimeSpan RetryWhenBusy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfterOutage = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The same for a connection that there is and for one that there is not, so that nobody learns an MSP's clients by guessing.
    /// </summary>
    /// <param name="why">For the log alone; null for nothing.</param>
    public static RefusedException Unverified(string? why = null) => new(StatusCodes.Status401Unauthorized, NotVerified)
    {
        Challenges = InboundCredentials.AllChallenges,
        ForOperator = why,
    };

    /// <summary>To the sender the same as <see cref="Unverified"/>; the log says why.</summary>
    public static RefusedException FromElsewhere(IPAddress? address) => new(StatusCodes.Status401Unauthorized, NotVerified)
    {
        ForOperator = $"It came from {address?.ToString() ?? "no address"}, which is not in Settings:{SenderAddresses.Setting}.",
        Challenges = InboundCredentials.AllChallenges,
    };

    public static RefusedException InAddress() => new(
        StatusCodes.Status401Unauthorized,
        "The token is right, but it stands in the address, where others log it. Send it as 'Authorization: Bearer ...', "
        + $"or let the connection take it by Settings:{InboundCredentials.TokenInAddress} = allowed.")
    {
        Challenges = InboundCredentials.AllChallenges,
    };

    public static RefusedException Unsigned() => new(
        StatusCodes.Status401Unauthorized,
        "The signature is right, but it does not cover the attributes, which are headers here. "
        + "Send the event in structured mode, or with the connection's token.")
    {
        Challenges = InboundCredentials.AllChallenges,
    };

    public static RefusedException Busy() =>
        new(StatusCodes.Status429TooManyRequests, "Too many deliveries at once.", retryAfter: RetryWhenBusy);

    public static NotNowException NotNow(string why, Exception cause) => new(why, RetryAfterOutage, cause);
}
