using DevOpsAI.Bot.Chat.Commands;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat.Questions;

/// <summary>What waits, asked for in a sentence.</summary>
internal sealed class WaitingQuery(PendingCommand pending) : IChatQuery
{
    public IReadOnlyList<HelpLine> Examples { get; } = [new("what is waiting for contoso?", "what is open")];

    public ChatRequest? Read(QuestionText question)
    {
        if (question.Words is ["what", "can", ..] or not ["what" or "which", ..] || !question.Has("waiting", "waits", "pending", "open"))
            return null;
        return pending.For(new(question.After("for") is { } client && client is not ("me" or "us") ? client : null));
    }
}
