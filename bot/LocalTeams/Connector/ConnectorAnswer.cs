namespace DevOpsAI.LocalTeams.Connector;

/// <summary>Status and body of an answer to the bot; errors look as Teams' do: <c>{"error":{"code","message"}}</c>.</summary>
internal sealed record ConnectorAnswer(int Status, object? Body = null)
{
    public bool IsSuccess => Status < 300;

    public static ConnectorAnswer Accepted { get; } = new(StatusCodes.Status202Accepted);

    public static ConnectorAnswer Created(object body) => new(StatusCodes.Status201Created, body);

    public static ConnectorAnswer Ok(object? body = null) => new(StatusCodes.Status200OK, body);

    public static ConnectorAnswer BadSyntax(string message) => Error(StatusCodes.Status400BadRequest, "BadSyntax", message);

    public static ConnectorAnswer BadArgument(string message) => Error(StatusCodes.Status400BadRequest, "BadArgument", message);

    public static ConnectorAnswer NoConversation { get; } =
        Error(StatusCodes.Status404NotFound, "ConversationNotFound", "Conversation not found");

    public static ConnectorAnswer NoActivity { get; } =
        Error(StatusCodes.Status404NotFound, "ActivityNotFoundInConversation", "Message does not exist in the thread.");

    public static ConnectorAnswer Error(int status, string code, string message) => new(status, new { error = new { code, message } });

    public IResult ToResult() => Body is null ? Results.StatusCode(Status) : Results.Json(Body, statusCode: Status);
}
