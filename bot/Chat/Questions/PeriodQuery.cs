using DevOpsAI.Bot.Chat.Commands;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat.Questions;

/// <summary>What happened in a time, to nothing in particular: the digest of that time.</summary>
internal sealed class PeriodQuery(DigestCommand digest) : IChatQuery
{
    public IReadOnlyList<HelpLine> Examples { get; } = [new("how did last week go for contoso?", "the digest of that time")];

    public ChatRequest? Read(QuestionText question) => question.Words switch
    {
        ["what", "did", "you" or "the", "do" or "bot", ..] =>
            digest.For(new(question.After("for", "at", "with"), question.Last ?? TimeSpan.FromDays(1))),
        ["how", ..] when question.Has("go", "went", "going") && question.Last is { } last =>
            digest.For(new(question.After("for", "at", "with"), last)),
        ["what", "happened" or "happens", ..] or ["what", "has" or "have", "happened", ..] when !IsAboutSomething(question) =>
            digest.For(new(question.After("for", "at"), question.Last ?? TimeSpan.FromDays(1))),
        _ => null,
    };

    private static bool IsAboutSomething(QuestionText question) =>
        question.After("to", "with", "on", "about") is not null
            || (question.KnownIncidentId is not null && question.After("in") is not null);
}
