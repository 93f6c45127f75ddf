using DevOpsAI.Bot.Cards;
using DevOpsAI.Gates;
using DevOpsAI.Proposals;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>What a button of a card asks of core, with the values that its person gave.</summary>
internal sealed class ClickRequests(TimeProvider clock)
{
    /// <summary>Null where the button is not known, or what it needs is missing.</summary>
    public IRequest<RequestResult>? For(Pressed pressed)
    {
        var (proposal, seen, person, verb, data, correlation) = pressed;
        var (tenant, subject) = (proposal.Tenant, proposal.Subject);
        return verb switch
        {
            Verb.Undo => new RequestUndo(tenant, subject, person, correlation) { Seen = seen },
            Verb.Redraft when subject.Incident is { } incident =>
                new RequestRedraft(tenant, incident, person, data.PlanDigest, correlation) { Seen = seen },
            Verb.Confirm or Verb.Object when data.Number("revision") is { } revision => new ReviewBreakGlass(
                tenant, subject, person, revision, verb == Verb.Confirm, data.Input(InputId.Objection), correlation)
            {
                Seen = seen,
            },
            _ => Decision(pressed),
        };
    }

    /// <summary>What to say of a button that became no request.</summary>
    public static string WhyNone(string verb) => verb switch
    {
        Verb.Reject => "Nothing was recorded: rejecting needs a reason.",
        Verb.Snooze => "Nothing was recorded: choose when to be asked again.",
        _ => $"I know no button “{CardText.Plain(verb, 40)}”; nothing was recorded.",
    };

    private Decide? Decision(Pressed pressed)
    {
        var (proposal, seen, person, verb, data, correlation) = pressed;
        var decide = new Decide(
            proposal.Tenant, proposal.Subject, person, DecisionKind.Approve, data.PlanDigest, correlation, ReviewToken: data.Review)
        {
            Seen = seen,
        };
        return verb switch
        {
            Verb.Approve => decide,
            Verb.BreakGlass => decide with { BreakGlass = true, Reason = data.Input(InputId.Emergency) },
            Verb.ApproveEdited => WithEdits(decide, proposal, data),
            Verb.Reject when data.Input(InputId.Reason) is { } reason => decide with { Kind = DecisionKind.Reject, Reason = reason },
            Verb.Snooze when Until(data.Input(InputId.SnoozeFor)) is { } until =>
                decide with { Kind = DecisionKind.Snooze, Until = until, PastDeadline = data.Input(InputId.PastDeadline) == "true" },
            Verb.Handled => decide with { Kind = DecisionKind.Handled, Reason = data.Input(InputId.Note) },
            _ => null,
        };
    }

    /// <summary>Only what differs from what the form showed is an edit.</summary>
    private static Decide WithEdits(Decide decide, Proposal proposal, ClickData data)
    {
        var shown = proposal.PlanInForce.Steps
            .SelectMany(static (step, number) => step.Arguments.Select(argument => (Key: $"{number}.{argument.Key}", argument.Value)))
            .ToDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal);
        var edits = data.Edits()
            .Where(edit => !shown.TryGetValue(edit.Key, out var value) || IsChanged(edit.Value, value))
            .ToDictionary(static edit => edit.Key, static edit => edit.Value, StringComparer.Ordinal);
        var reasoned = decide with { Reason = data.Input(InputId.EditReason) };
        return edits.Count > 0 ? reasoned with { Kind = DecisionKind.ApproveWithEdits, Edits = edits } : reasoned;
    }

    /// <summary>The form shows a value as cards do, which is no change of it.</summary>
    private static bool IsChanged(string given, string shown) => given != shown && given != CardText.Plain(shown, 400, exact: true);

    private DateTimeOffset? Until(string? choice) => choice switch
    {
        "15m" => clock.GetUtcNow().AddMinutes(15),
        "1h" => clock.GetUtcNow().AddHours(1),
        "4h" => clock.GetUtcNow().AddHours(4),
        "tomorrow" => clock.GetUtcNow().AddDays(1),
        _ => null,
    };
}
