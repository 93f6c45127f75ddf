namespace DevOpsAI.Bot.Teams.Protocol;

/// <summary>
/// The body that answers an invoke. The HTTP status is 200 whatever <paramref name="StatusCode"/> says; people see the outcome in the body.
/// </summary>
/// <param name="Value">A card (<see cref="OutgoingJson"/>), a sentence (string) or an <see cref="InvokeError"/>.</param>
public sealed record InvokeResponse(int StatusCode, string Type, object? Value)
{
    /// <summary>
    /// What the card says of the click itself, for when the card comes too late to be shown; null when it says nothing of it.
    /// </summary>
    public string? Notice { get; init; }

    /// <summary>It was said in a message too, so it need not be said again when the card comes too late to be shown.</summary>
    public bool IsTold { get; init; }

    public const string CardType = "application/vnd.microsoft.card.adaptive";
    public const string MessageType = "application/vnd.microsoft.activity.message";
    public const string ErrorType = "application/vnd.microsoft.error";

    /// <summary>Replaces the card for the person who clicked, on the client they clicked in.</summary>
    public static InvokeResponse Card(OutgoingJson card) => new(200, CardType, card);

    /// <summary>A small notice under the card.</summary>
    public static InvokeResponse Message(string message) => new(200, MessageType, message);

    /// <summary>The message is shown to the person: no internals.</summary>
    public static InvokeResponse Error(int status, string code, string message) => new(status, ErrorType, new InvokeError(code, message));
}

public sealed record InvokeError(string Code, string Message);
