using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Messages made of a card, with the line a notification shows.</summary>
public static class Reply
{
    public static OutgoingMessage Card(OutgoingJson card) => new() { Card = card, Summary = card["fallbackText"].Text };

    public static OutgoingMessage Notice(string message, bool good = false, string? detail = null, CorrelationId? correlation = null) =>
        Card(MessageCards.Notice(message, good, detail, correlation));

    /// <summary>The person may not, or names what they may not know of; the log says that they tried.</summary>
    public static OutgoingMessage NotForThem(string message, string? detail = null) =>
        Notice(message, detail: detail) with { Refused = "no right to it, or no such thing" };

    /// <summary>As <see cref="For"/>, for a command that stops things: done or not, it is nothing that looks like all is well.</summary>
    public static OutgoingMessage OfStop(RequestResult result, CorrelationId correlation, TenantId tenant) => result.IsDone
        ? Card(MessageCards.Notice(result.Message, Tone.Attention)) with { Evidence = new(tenant, "answer") }
        : For(result, correlation, tenant);

    /// <summary>An answer about no single client, so it goes on no ledger of its own: what was done is on each.</summary>
    internal static OutgoingMessage OfEverything(RequestResult result, string usage, Tone done) =>
        Card(MessageCards.Notice(result.Message, result.IsDone ? done : Tone.Warning, result.Refusal == Refusal.BadInput ? usage : null));

    /// <param name="tenant">Whose request was answered: what was told goes on its ledger.</param>
    public static OutgoingMessage For(RequestResult result, CorrelationId correlation, TenantId tenant) =>
        Notice(result.Message, result.IsDone, correlation: result.Refusal == Refusal.RecordUnavailable ? correlation : null)
            with { Evidence = new(tenant, "answer", result.Incident?.Proposal.Subject), Refused = result.Refusal?.ToString() };
}
