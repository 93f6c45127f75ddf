using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams;
using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Conversation;

/// <summary>Messages made of a card, with the line a notification shows.</summary>
internal static class Reply
{
    public static OutgoingMessage Card(OutgoingJson card) => new() { Card = card, Summary = card["fallbackText"].Text };

    public static OutgoingMessage Notice(string sentence, bool good = false, string? detail = null, string? correlation = null) =>
        Card(MessageCards.Notice(sentence, good, detail, correlation));

    public static OutgoingMessage Of(Answer answer, string correlation) =>
        Notice(answer.Sentence, answer.IsDone, correlation: answer.Refusal == Refusal.RecordUnavailable ? correlation : null);
}
