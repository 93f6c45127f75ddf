namespace DevOpsAI.LocalTeams.Connector;

/// <summary>Status and body of an answer to the bot; errors look as Teams' do: <c>{"error":{"code","message"}}</c>.</summary>
internal sealed record ConnectorResult(int Status, object? Body = null)
{
    public bool IsSuccess => Status < 300;

    public static ConnectorResult Accepted { get; } = new(StatusCodes.Status202Accepted);

    public static ConnectorResult Created(object body) => new(StatusCodes.Status201Created, body);

    public static ConnectorResult Ok(object? body = null) => new(StatusCodes.Status200OK, body);

    public static ConnectorResult BadSyntax(string message) => Error(StatusCodes.Status400BadRequest, "BadSyntax", message);

    public static ConnectorResult BadArgument(string message) => Error(StatusCodes.Status400BadRequest, "BadArgument", message);

    public static ConnectorResult NoConversation { get; } =
        Error(StatusCodes.Status404NotFound, "ConversationNotFound", "Conversation not found");

    public static ConnectorResult NoActivity { get; } =
        Error(StatusCodes.Status404NotFound, "ActivityNotFoundInConversation", "Message does not exist in the thread.");

    public static ConnectorResult Error(int status, string code, string message) => new(status, new { error = new { code, message } });

    public IResult ToResult() => Body is null ? Results.StatusCode(Status) : Results.Json(Body, statusCode: Status);
}
