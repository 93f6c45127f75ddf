using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Cards;

/// <summary>What the buttons of a card send.</summary>
internal static class CardData
{
    /// <summary>What a refresh brings back so that it is said again; comes from the client and is shown to nobody else.</summary>
    public const string Said = "said";

    /// <summary>Names an incident, by its id.</summary>
    public const string Incident = "incident";

    /// <summary>Names what else is decided about, as it is stored.</summary>
    public const string Subject = "subject";

    private const int MaxSaidLength = 500;

    /// <summary>What every button sends: where it belongs and what its reader saw. Untrusted when it comes back.</summary>
    public static OutgoingJson For(ProposalView view)
    {
        var proposal = view.Proposal;
        var data = new OutgoingJson
        {
            [proposal.Subject.IsIncident ? Incident : Subject] = proposal.Subject.Text, ["tenant"] = view.Tenant.Id.Value,
        };
        if (proposal.IsUndecided || proposal.IsLeftToPeople)
            data["seal"] = proposal.Staged!.Seal;
        if (view.IsCopy)
            data["copy"] = true;
        return data;
    }

    /// <summary>Has a card fetched anew by those who see more on it than everybody, with what its person was just told.</summary>
    public static void Refresh(OutgoingJson card, ProposalView view) =>
        // A client asks anew within a moment: what its person was just told must not be gone then.
        Card.Refresh(
            card, view.Notice is { } said ? For(view).With(Said, CardText.Plain(said, MaxSaidLength)) : For(view), view.Refreshers);
}
