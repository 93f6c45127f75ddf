using DevOpsAI.Bot.Cards;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>What a button of an incident's card asks of core, with the values that its person gave.</summary>
internal sealed class ClickRequests(TimeProvider clock)
{
    /// <summary>Null where the button is not known, or what it needs is missing.</summary>
    public IRequest<RequestResult>? For(Click click)
    {
        var (tenant, incident, data, seen) = (click.Data.Tenant, click.Found.Incident.Id, click.Data, click.Found.Where.State);
        return click.Action.Verb switch
        {
            Verb.Undo => new RequestUndo(tenant, incident, click.Person, click.Context.Correlation) { Seen = seen },
            Verb.Redraft => new RequestRedraft(tenant, incident, click.Person, data.PlanDigest, click.Context.Correlation) { Seen = seen },
            Verb.Confirm or Verb.Object when data.Number("revision") is { } revision => new ReviewBreakGlass(
                tenant, incident, click.Person, revision, click.Action.Verb == Verb.Confirm,
                data.Input(InputId.Objection), click.Context.Correlation)
            {
                Seen = seen,
            },
            _ => Decision(click),
        };
    }

    /// <summary>What to say of a button that became no request.</summary>
    public static string WhyNone(string verb) => verb switch
    {
        Verb.Reject => "Nothing was recorded: rejecting needs a reason.",
        Verb.Snooze => "Nothing was recorded: choose when to be asked again.",
        _ => $"I know no button “{CardText.Plain(verb, 40)}”; nothing was recorded.",
    };

    private Decide? Decision(Click click)
    {
        var data = click.Data;
        var decide = new Decide(
            data.Tenant, click.Found.Incident.Id, click.Person, DecisionKind.Approve, data.PlanDigest, click.Context.Correlation,
            ReviewToken: data.Review)
        {
            Seen = click.Found.Where.State,
        };
        return click.Action.Verb switch
        {
            Verb.Approve => decide,
            Verb.BreakGlass => decide with { BreakGlass = true, Reason = data.Input(InputId.Emergency) },
            Verb.ApproveEdited => WithEdits(decide, click.Found.Incident, data),
            Verb.Reject when data.Input(InputId.Reason) is { } reason => decide with { Kind = DecisionKind.Reject, Reason = reason },
            Verb.Snooze when Until(data.Input(InputId.SnoozeFor)) is { } until =>
                decide with { Kind = DecisionKind.Snooze, Until = until, PastDeadline = data.Input(InputId.PastDeadline) == "true" },
            Verb.Handled => decide with { Kind = DecisionKind.Handled, Reason = data.Input(InputId.Note) },
            _ => null,
        };
    }

    /// <summary>Only what differs from what the form showed is an edit.</summary>
    private static Decide WithEdits(Decide decide, Incident incident, ClickData data)
    {
        var shown = incident.PlanInForce.Steps
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
