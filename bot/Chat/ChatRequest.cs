using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;

namespace DevOpsAI.Bot.Chat;

/// <summary>What a person said, understood.</summary>
/// <param name="Name">For the log.</param>
/// <param name="Arguments">What was read from the words.</param>
/// <param name="AnswerAsync">Does or finds out what was asked for; a person and a conversation are known by then.</param>
public sealed record ChatRequest(string Name, object Arguments, Func<ChatTurn, CancellationToken, Task<OutgoingMessage>> AnswerAsync)
{
    /// <summary>A known command without what it needs: says what is missing, and how the command is used.</summary>
    public static ChatRequest Incomplete(string problem, string usage) =>
        Create(new Incomplete(problem, usage), _ => Reply.Notice(problem, detail: usage));

    /// <summary>A question that none of the registered ones understands.</summary>
    public static ChatRequest UnknownQuery(string said) =>
        Create(new UnknownQuery(said), turn => Reply.Card(
            MessageCards.NotKnown($"I cannot answer “{CardText.Plain(said, 120)}”.", turn.Help)));

    /// <param name="nearest">Commands that were probably meant, nearest first.</param>
    internal static ChatRequest Unknown(string said, IReadOnlyList<string> nearest) =>
        Create(new Unknown(said, nearest), turn => Reply.Card(MessageCards.NotUnderstood(said, nearest, turn.Help)));

    private static ChatRequest Create(object arguments, Func<ChatTurn, OutgoingMessage> result) =>
        new(arguments.GetType().Name, arguments, (turn, _) => Task.FromResult(result(turn)));
}

internal sealed record Incomplete(string Problem, string Usage);

internal sealed record UnknownQuery(string Said);

internal sealed record Unknown(string Said, IReadOnlyList<string> Nearest);
