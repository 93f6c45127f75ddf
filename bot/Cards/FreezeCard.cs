using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>The message that a client was stopped, or may go on: who said so, when and why, and what holds from now on.</summary>
internal static class FreezeCard
{
    private const int MaxReasonLength = 500;

    public static OutgoingJson Set(TenantState state, Freeze freeze)
    {
        var name = CardText.Name(state.Name, 60);
        var headline = freeze.Cause == FreezeCause.Everything ? $"{name} is frozen, with every other client" : $"{name} is frozen";
        return Build(headline, $"{Who(freeze.By)}, {freeze.At}: ", freeze.Reason,
            $"Nothing is approved or executed until {Lifting(state.Tenant, freeze.Cause)}.", Tone.Attention);
    }

    /// <param name="ended">What was lifted, where that is known.</param>
    public static OutgoingJson Lifted(TenantState state, LedgerEntry entry, FreezeLifted lifted, Freeze? ended)
    {
        var name = CardText.Name(state.Name, 60);
        Wording by = $"{Who(entry.Actor)} lifted it, {entry.At}{(lifted.Reason is { Length: > 0 } ? ": " : ".")}";
        var since = Since(ended);
        if (state.Freeze is not { } rest)
            return Build($"{name} is no longer frozen", by, lifted.Reason, $"What waits can be approved again. {since}", Tone.Good);
        var headline = rest.Cause == FreezeCause.Everything
            ? $"The freeze of {name} is lifted, but everything is still frozen"
            : $"The stop of everything is lifted, but {name} is still frozen";
        return Build(headline, by, lifted.Reason, $"Nothing is approved or executed until {Lifting(state.Tenant, rest.Cause)}.",
            Tone.Attention);
    }

    private static Wording Since(Freeze? ended)
    {
        if (ended is null)
            return Wording.Empty;
        return $"It was frozen by {Who(ended.By)} since {ended.At}.";
    }

    private static OutgoingJson Build(string headline, Wording by, string? reason, Wording consequence, Tone tone) => Card.Frame(
        [
            Container(
                [
                    Rich(null, new TextRun(headline, 160, Bold: true, Size: "Medium")),
                    Rich("Small", [.. Runs(by, new(null, 200)), new TextRun(reason, MaxReasonLength, Bold: true)]),
                    Rich("Small", [.. Runs(consequence)]),
                ],
                tone),
        ],
        summary: headline);

    private static string Who(Actor actor) => actor.Kind == ActorKind.Service ? "the bot itself" : CardText.Name(actor.Name, 60);

    private static string Lifting(TenantId tenant, FreezeCause? cause) => cause switch
    {
        FreezeCause.Everything => "another administrator says “unfreeze everything”",
        FreezeCause.BrokenSeal => $"an administrator has looked into it and says “unfreeze {tenant}”",
        FreezeCause.OutOfBand => $"an approver or administrator has looked into it and says “unfreeze {tenant}”",
        _ => $"another approver or administrator says “unfreeze {tenant}”",
    };
}
